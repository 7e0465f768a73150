check --config mk2_resnet50_gn_16ipus --purpose train --batch-size 9000000000000000000
