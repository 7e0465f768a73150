check --config mk2_resnet50_bn_16ipus --purpose train --group-norm
