check --config mk2_resnext101_16ipus --purpose train --model-size 34
