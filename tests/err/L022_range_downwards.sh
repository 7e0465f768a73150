poprun --num-instances 8 --num-replicas 16 --ipus-per-replica 1 --host 'h[3-1]' python3 train.py --config mk2_resnet50_gn_16ipus --no-validation
poprun --num-instances 8 --num-replicas 16 --ipus-per-replica 1 --host 'h[1-3' python3 train.py --config mk2_resnet50_gn_16ipus --no-validation
