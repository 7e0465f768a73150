check --config resnet50_mk2_pipelined --gradient-accumulation 1 --device-iterations 6
