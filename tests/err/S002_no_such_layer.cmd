check --config mk2_resnext101_16ipus --purpose train --pipeline-splits b3/30/relu
