check --config resnet50 --norm-num-groups 48
