run --config tensorflow1_cnns@2.3:mk2_efficientnet_b4_g16_16ipus --depth-coefficient 7 --dry-run
