check --config mk2_resnet50_gn_16ipus --purpose train --pipeline-splits b1/2/relu
