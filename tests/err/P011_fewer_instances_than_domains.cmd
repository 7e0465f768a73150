check --config tensorflow1_cnns@2.3:mk2_resnet50_bn_128ipus --instances 1 --hosts 1 --purpose train
