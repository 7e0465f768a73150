check --config pytorch_cnns@2.0:resnet50 --lr-epoch-decay 30 60
