check --config pytorch_cnns@2.0:resnet50 --rmsprop-decay 0.9
