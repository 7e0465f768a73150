check --config resnet50 --epoch 0
