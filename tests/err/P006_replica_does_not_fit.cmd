check --config mk2_resnet50_bn_16ipus --purpose train --target m2000 --ipus 2
