run --config tensorflow1_cnns@2.3:mk2_resnet50_bn_16ipus --target pod64 --keep global-batch --data-dir d --dry-run
