check --config resnet50 --efficientnet-expand-ratio 4
