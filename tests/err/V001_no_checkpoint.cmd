run --config mk2_resnet50_gn_16ipus --purpose validation --data-dir d --dry-run --format argv
