check --config pytorch_cnns@2.0:resnet50 --optimizer rmsprop --loss-velocity-scaling-ratio 2
