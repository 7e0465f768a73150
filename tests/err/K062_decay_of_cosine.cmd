check --config pytorch_cnns@2.0:resnet50 --lr-decay 0.1
