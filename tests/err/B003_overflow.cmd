check --config tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus --purpose train --batch-size 2000000000 --gradient-accumulation-count 2000000000
