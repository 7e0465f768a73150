poprun --num-instances 8 --num-replicas 16 python3 bert.py
