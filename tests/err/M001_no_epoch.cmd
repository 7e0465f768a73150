check --config resnet50 --epoch 0 --initial-loss-scaling 64
