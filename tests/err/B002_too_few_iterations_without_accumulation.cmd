check --config pytorch_cnns@2.0:resnet50_mk2_pipelined --gradient-accumulation 1 --device-iterations 6
