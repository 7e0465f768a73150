check --config mk2_resnet50_gn_16ipus --purpose train --target pod16 --replicas 32
