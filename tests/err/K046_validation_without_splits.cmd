migrate --config tensorflow2_cnns@2.5:resnet56_16ipus_8k_bn_pipeline --to 2.4 --purpose validation
