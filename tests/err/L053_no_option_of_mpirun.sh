poprun --num-instances 8 --num-replicas 16 --mpi-local-args="A=1 -x B" python3 train.py --config mk2_resnet50_gn_16ipus --no-validation
