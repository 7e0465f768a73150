check --config resnet50 --initial-loss-scaling 16 --epoch 3
