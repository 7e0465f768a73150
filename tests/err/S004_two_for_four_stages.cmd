check --config pytorch_cnns@2.0:resnet50_mk2_pipelined --available-memory-proportion 0.3 0.2
