run --config mk2_resnet50_gn_32ipus --allow K001 --dry-run
