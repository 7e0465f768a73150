run --config tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus --base-learning-rate-exponent -1e-5 --dry-run
