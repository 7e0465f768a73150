check --config pytorch_cnns@2.0:resnet50 --weight-avg-strategy mean
