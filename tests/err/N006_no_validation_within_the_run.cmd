check --config pytorch_cnns@2.0:resnet50 --validation-mode during --validation-frequency 100
