check --config mk2_resnet50_gn_16ipus --batch-size 20 --purpose validation
