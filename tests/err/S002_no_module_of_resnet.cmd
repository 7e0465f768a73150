check --config pytorch_cnns@2.0:resnet50_mk2_pipelined --pipeline-splits layer1/2 layer2/4 layer3/4
