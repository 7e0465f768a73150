python3 train.py --config mk2_resnet50_gn_16ipus --batch-size 4
