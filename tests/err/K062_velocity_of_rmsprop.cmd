check --config resnet50 --optimizer rmsprop --loss-velocity-scaling-ratio 2
