check --config tensorflow1_cnns@2.3:mk2_efficientnet_b4_g16_16ipus --target pod64 --keep micro-batch --purpose train
