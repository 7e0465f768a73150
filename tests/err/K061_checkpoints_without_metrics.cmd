check --config pytorch_cnns@2.0:resnet50 --disable-metrics --checkpoint-path d
