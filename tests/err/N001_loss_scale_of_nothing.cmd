check --config resnet50 --loss-scaling 0
