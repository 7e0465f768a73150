check --config resnet50 --disable-metrics --checkpoint-path d
