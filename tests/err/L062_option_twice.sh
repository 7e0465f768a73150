poprun --num-instances 8 --num-replicas 16 python3 train.py --config mk2_resnet50_gn_16ipus --no-validation --batch-size=8 --batch-size 9
