check --config mk2_efficientnet_b4_g16_16ipus --purpose train --batch-norm --group-norm
