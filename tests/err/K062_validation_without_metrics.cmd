check --config pytorch_cnns@2.0:resnet50 --validation-mode during --disable-metrics
