run --config mk2_resnet50_gn_16ipus --abs-learning-rate 0 --dry-run
