check --config resnet50 --lr-decay 0.1
