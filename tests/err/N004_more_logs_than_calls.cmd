check --config pytorch_cnns@2.0:resnet50_mk2_pipelined --logs-per-epoch 79
