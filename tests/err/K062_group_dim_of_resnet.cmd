check --config pytorch_cnns@2.0:resnet50 --efficientnet-group-dim 16
