check --config resnet50_mk2_pipelined --logs-per-epoch 0
