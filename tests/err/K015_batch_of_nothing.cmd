check --config resnet50 --batch-size 0
