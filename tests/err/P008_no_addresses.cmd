run --config mk2_resnet50_gn_64ipus --data-dir d --dry-run --format argv
