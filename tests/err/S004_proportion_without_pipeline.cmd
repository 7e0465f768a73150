check --config pytorch_cnns@2.0:resnet50 --available-memory-proportion 0.3
