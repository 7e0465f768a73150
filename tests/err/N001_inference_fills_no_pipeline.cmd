check --config pytorch_cnns@2.0:resnet50-mk2 --pipeline-splits layer2 --device-iterations 1
