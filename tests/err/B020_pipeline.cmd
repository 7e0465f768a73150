solve --config tensorflow1_cnns@2.3:mk2_efficientnet_b4_g16_64ipus --accumulation 10 --micro-batch 5
