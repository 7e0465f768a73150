python3 train.py --config mk2_resnet50_bn_16ipus --data-dir /imagenet --stochastic-rounding OFF --epochs 3
python3 train.py --config mk2_resnet50_bn_16ipus --data-dir /imagenet --stochastic-rounding ON
