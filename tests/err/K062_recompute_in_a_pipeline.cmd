check --config resnet50_mk2_pipelined --enable-recompute
