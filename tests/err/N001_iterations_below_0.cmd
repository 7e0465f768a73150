run --config mk2_resnet50_gn_16ipus --iterations -5 --dry-run
