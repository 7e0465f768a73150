poprun --num-instances 8 --num-replicas 16
