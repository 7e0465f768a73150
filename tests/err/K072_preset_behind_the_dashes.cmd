run --config mk2_resnet50_gn_16ipus --dry-run -- --config mk2_resnet50_bn_16ipus
