check --config pytorch_cnns@2.0:resnet50 --optimizer adamw --momentum 0.9
