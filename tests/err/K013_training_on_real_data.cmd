check --config resnet50 --data real
