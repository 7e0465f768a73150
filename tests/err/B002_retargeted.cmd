check --config mk2_efficientnet_b4_g1_64ipus --target pod256 --purpose train
