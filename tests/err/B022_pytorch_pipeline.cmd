check --config resnet50-16ipu-mk1 --target pod256 --keep micro-batch
