poprun --num-instances 8 --num-replicas 16 python3 --config mk2_resnet50_gn_16ipus --no-validation
