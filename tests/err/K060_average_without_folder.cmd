check --config resnet50 --weight-avg-strategy mean
