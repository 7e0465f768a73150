check --config tensorflow1_cnns@2.3:mk2_resnet50_bn_128ipus --replicas 31 --instances 31 --hosts 1 --purpose train
