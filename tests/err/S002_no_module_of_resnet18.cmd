check --config pytorch_cnns@2.0:resnet50_mk2_pipelined --model resnet18 --pipeline-splits layer1/1 layer2/1/conv3 layer3/1
