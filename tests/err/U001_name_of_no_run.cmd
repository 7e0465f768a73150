run --config mk2_resnet50_gn_16ipus --dry-run --name last
