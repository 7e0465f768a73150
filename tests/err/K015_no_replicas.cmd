check --config pytorch_cnns@2.0:resnet50 --replicas 0
