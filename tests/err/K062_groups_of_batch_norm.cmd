check --config resnet50_mk2_pipelined --norm-num-groups 16
