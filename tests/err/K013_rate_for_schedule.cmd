run --config tensorflow1_cnns@2.3:mk2_resnet8_test --lr 0.1 --dry-run
