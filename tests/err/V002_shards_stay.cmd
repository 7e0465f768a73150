check --config mk2_resnet50_bn_16ipus --shards 4 --purpose validation
