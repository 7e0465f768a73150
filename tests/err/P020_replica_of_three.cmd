check --config tensorflow1_cnns@2.3:mk2_resnet50_bn_16ipus --purpose train --shards 3 --replicas 4 --pipeline-splits b1/2/relu b3/3/relu --gradient-accumulation-count 252 --target pod16
