migrate --config tensorflow2_cnns@2.6:imagenet_config --to 3.0 --checkpoints False
