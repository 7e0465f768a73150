check --config mk2_resnet50_bn_128ipus --instances 1 --hosts 1 --purpose train
