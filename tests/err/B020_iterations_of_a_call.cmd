solve --config resnet50_mk2_pipelined --accumulation 1 --device-iterations 4
