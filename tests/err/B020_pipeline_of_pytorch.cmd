solve --config pytorch_cnns@2.0:resnet50_mk2_pipelined --target pod16 --accumulation 1
