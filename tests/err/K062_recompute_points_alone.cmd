check --config resnet50 --recompute-checkpoints conv
