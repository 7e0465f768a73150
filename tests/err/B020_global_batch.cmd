solve --config tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus --target pod64 --replicas 64 --global-batch 1000
