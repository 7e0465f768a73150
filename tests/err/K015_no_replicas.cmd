check --config resnet50 --replicas 0
