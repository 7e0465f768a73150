check --config resnet50_mk2_pipelined --gradient-accumulation 6
