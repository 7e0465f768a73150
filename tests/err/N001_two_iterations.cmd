check --config resnet50-mk2 --iterations 2
