check --config mk2_efficientnet_b4_g16_64ipus_LARS --purpose train
