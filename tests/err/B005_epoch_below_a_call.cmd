check --config resnet50_mk2_pipelined --device-iterations 100
