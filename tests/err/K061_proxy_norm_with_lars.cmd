check --config mk2_efficientnet_b4_g16_16ipus --purpose train --proxy-norm --optimiser LARS --abs-learning-rate 1
