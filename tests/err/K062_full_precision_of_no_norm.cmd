check --config resnet50 --norm-type none --full-precision-norm
