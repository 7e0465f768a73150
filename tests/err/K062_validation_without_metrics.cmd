check --config resnet50 --validation-mode during --disable-metrics
