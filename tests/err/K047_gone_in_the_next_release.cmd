migrate --config tensorflow2_cnns@3.0:imagenet_config --to 3.1 --wandb-params {tags:a}
