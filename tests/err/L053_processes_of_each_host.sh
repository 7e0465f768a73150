mpirun -np 8 -npernode 2 -H a,b python3 nvcnn_hvd.py --model resnet50
