check --config tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus --batch-size 20 --purpose validation
