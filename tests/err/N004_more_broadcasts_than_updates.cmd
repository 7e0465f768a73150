check --config mk2_resnet50_bn_16ipus --purpose train --syncs-per-epoch 100
