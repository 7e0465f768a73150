run --config mk2_resnet50_gn_16ipus --pipeline True --dry-run
