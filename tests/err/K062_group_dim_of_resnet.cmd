check --config resnet50 --efficientnet-group-dim 16
