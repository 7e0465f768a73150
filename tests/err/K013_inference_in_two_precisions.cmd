check --config pytorch_cnns@2.0:resnet50-mk2 --precision 16.32
