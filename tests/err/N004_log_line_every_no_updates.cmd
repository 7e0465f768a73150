run --config tensorflow1_cnns@2.3:mk2_resnet8_test --iterations 100 --log-freq 0 --dry-run
