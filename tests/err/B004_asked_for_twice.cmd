run --config tensorflow2_cnns@3.2:resnet50_16ipus_8k_bn_pipeline --dataset-path /d --global-batch 4096 --global-batch-size 2048 --dry-run
