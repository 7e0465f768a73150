check --config resnet50 --initial-loss-scaling 256
