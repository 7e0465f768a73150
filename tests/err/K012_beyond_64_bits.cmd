run --config tensorflow1_cnns@2.3:mk2_resnet8_test --log-freq 99999999999999999999 --dry-run
