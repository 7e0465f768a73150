check --config resnet50 --initial-loss-scaling 32 --loss-scaling 96
