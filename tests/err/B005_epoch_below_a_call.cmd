check --config pytorch_cnns@2.0:resnet50_mk2_pipelined --device-iterations 100
