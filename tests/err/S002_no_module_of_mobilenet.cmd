check --config pytorch_cnns@2.0:resnet50_mk2_pipelined --model mobilenet --pipeline-splits features/4 features/9 features/19
