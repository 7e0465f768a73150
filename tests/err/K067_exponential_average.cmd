check --config resnet50 --weight-avg-strategy exponential --checkpoint-path d
