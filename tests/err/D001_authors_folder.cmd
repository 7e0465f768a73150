run --config mk2_resnet50_base --dry-run --format argv
