check --config resnet50 --validation-mode during --validation-frequency 100
