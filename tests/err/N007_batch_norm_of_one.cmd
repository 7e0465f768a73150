check --config resnet50 --norm-type batch
