check --config mk2_resnet50_gn_16ipus --purpose train --iterations 500 --epochs 3
