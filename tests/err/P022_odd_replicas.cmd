check --config mk2_resnet50_bn_128ipus --replicas 31 --instances 31 --hosts 1 --purpose train
