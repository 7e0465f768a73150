check --config mk2_efficientnet_b4_g16_16ipus --target pod64 --keep micro-batch --purpose train
