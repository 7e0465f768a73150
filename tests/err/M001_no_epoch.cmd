check --config pytorch_cnns@2.0:resnet50 --epoch 0 --initial-loss-scaling 64
