python3 train.py --lr 0.1 --epochs 3 --cuda
