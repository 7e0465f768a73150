check --config mk2_resnet50_gn_16ipus --purpose train --replicas 12 --instances 4
