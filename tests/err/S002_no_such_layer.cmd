check --config tensorflow1_cnns@2.3:mk2_resnext101_16ipus --purpose train --pipeline-splits b3/30/relu
