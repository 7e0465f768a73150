run --config mk2_resnet50_gn_16ipus --seed 4.2 --dry-run
