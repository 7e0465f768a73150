#!/bin/bash
#SBATCH --nodes=2
# The scheduler hands out the hosts, so 16 processes with 8 on each may be right.
mpirun -np 16 --npernode 8 python3 nvcnn_hvd.py --model=resnet50 --batch_size=64
mpirun --npernode 8 python3 nvcnn_hvd.py --model=resnet50 --batch_size=64
srun -n 16 python3 nvcnn_hvd.py --model=resnet50 --batch_size=64
srun -N 1 --ntasks=1 python3 nvcnn_hvd.py --model=resnet50 --batch_size=64
