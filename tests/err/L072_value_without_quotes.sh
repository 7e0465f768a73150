T=poprun --num-replicas 16 python3 train.py
