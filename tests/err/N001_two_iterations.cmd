check --config pytorch_cnns@2.0:resnet50-mk2 --iterations 2
