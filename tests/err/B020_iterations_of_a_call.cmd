solve --config pytorch_cnns@2.0:resnet50_mk2_pipelined --accumulation 1 --device-iterations 4
