check --config pytorch_cnns@2.0:resnet50-16ipu-mk1 --precision 16.32
