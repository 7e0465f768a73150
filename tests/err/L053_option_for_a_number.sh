poprun --num-replicas --num-instances 3 python3 train.py --config mk2_resnet50_gn_16ipus
mpirun -np -x PATH python3 nvcnn_hvd.py --model resnet50
