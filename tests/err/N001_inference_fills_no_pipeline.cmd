check --config resnet50-mk2 --pipeline-splits layer2 --device-iterations 1
