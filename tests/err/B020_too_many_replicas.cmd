solve --config mk2_resnet50_gn_16ipus --target pod16 --replicas 32
