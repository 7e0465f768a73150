check --config mk2_resnet50_gn_16ipus --target m2000 --keep replicas --purpose train
