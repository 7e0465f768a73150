solve --config resnet50_mk2_pipelined --target pod16 --accumulation 1
