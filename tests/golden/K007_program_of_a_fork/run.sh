python3 train_my.py --config mk2_resnet50_gn_16ipus --foo 1
