run --config mk2_resnet50_gn_16ipus --epochs -1 --dry-run
