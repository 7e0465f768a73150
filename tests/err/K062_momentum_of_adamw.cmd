check --config resnet50 --optimizer adamw --momentum 0.9
