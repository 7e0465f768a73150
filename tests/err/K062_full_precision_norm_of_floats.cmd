check --config resnet50_mk2_pipelined --full-precision-norm
