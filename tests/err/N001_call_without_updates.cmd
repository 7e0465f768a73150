run --config mk2_resnet50_gn_16ipus --batches-per-step 0 --dry-run
