poprun --num-rep 16 --num-instances 8 python3 train.py --config mk2_resnet50_gn_16ipus --no-validation
