check --config resnet50-mk2 --device-iterations 0
