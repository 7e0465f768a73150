run --config mk2_efficientnet_b4_g16_16ipus --model-size B0 --dry-run
