check --config resnet50 --available-memory-proportion 0.3
