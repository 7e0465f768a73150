run --config mk2_resnet50_gn_16ipus --set 'pipeline_splits=[a, b' --dry-run
