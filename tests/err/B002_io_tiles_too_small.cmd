check --config mk2_resnet50_bn_16ipus --purpose train --num-io-tiles 32 --gradient-accumulation-count 6
