check --config resnet50 --validation-frequency 2
