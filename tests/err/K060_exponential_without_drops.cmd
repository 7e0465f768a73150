check --config mk2_resnet50_bn_16ipus --purpose train --lr-schedule exponential --lr-decay-rate 0.9
