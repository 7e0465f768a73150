check --config tensorflow1_cnns@2.3:mk2_resnext101_16ipus --purpose train --model-size 34
