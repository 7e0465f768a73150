solve --config mk2_efficientnet_b4_g16_64ipus --accumulation 10 --micro-batch 5
