check --config tensorflow1_cnns@2.3:mk2_resnet50_bn_16ipus --purpose train --pipeline-splits b1/2/relu b2/3/relu
