run --config tensorflow1_cnns@2.3:mk2_resnet8_test --dry-run --format argv
