run --config mk2_efficientnet_b4_g16_16ipus --depth-coefficient 7 --dry-run
