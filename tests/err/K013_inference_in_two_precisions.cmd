check --config resnet50-mk2 --precision 16.32
