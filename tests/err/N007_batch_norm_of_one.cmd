check --config pytorch_cnns@2.0:resnet50 --norm-type batch
