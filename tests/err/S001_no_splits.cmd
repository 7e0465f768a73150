check --config mk2_efficientnet_b4_16ipus_base --purpose train
