check --config resnet50 --rmsprop-decay 0.9
