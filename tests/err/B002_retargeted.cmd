check --config tensorflow1_cnns@2.3:mk2_efficientnet_b4_g1_64ipus --target pod256 --purpose train
