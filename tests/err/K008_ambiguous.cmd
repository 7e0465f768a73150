run --config mk2_resnet50_gn_16ipus --pipeline-s x --dry-run
