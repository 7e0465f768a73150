check --config mk2_resnet50_bn_16ipus --purpose train --logs-per-epoch 100
