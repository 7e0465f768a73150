poprun --num-instances 2 --num-replicas 16 bash -c 'python3 train.py --config mk2_resnet50_gn_16ipus'
poprun --num-instances 2 --num-replicas 16 ./wrapper.sh python3 train.py --config mk2_resnet50_gn_16ipus
