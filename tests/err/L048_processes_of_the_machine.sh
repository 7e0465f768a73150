mpirun --tag-output python3 nvcnn_hvd.py --model=resnet50
