check --config resnet50-16ipu-mk1 --precision 16.32
