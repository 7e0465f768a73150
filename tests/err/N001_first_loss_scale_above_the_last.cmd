check --config pytorch_cnns@2.0:resnet50 --initial-loss-scaling 256
