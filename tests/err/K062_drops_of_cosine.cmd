check --config resnet50 --lr-epoch-decay 30 60
