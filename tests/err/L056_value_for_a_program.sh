poprun --num-instances 2 3 python3 train.py --config mk2_resnet50_gn_16ipus
poprun --num-instances 2 name=x python3 train.py --config mk2_resnet50_gn_16ipus
