check --config tensorflow1_cnns@2.3:mk2_efficientnet_b4_16ipus_base --purpose train
