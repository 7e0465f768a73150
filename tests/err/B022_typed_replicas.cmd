run --config mk2_resnet50_gn_16ipus --replicas 4 --dry-run
