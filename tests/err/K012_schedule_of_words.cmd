run --config tensorflow1_cnns@2.3:mk2_resnet8_test --learning-rate-schedule 0.5,late --dry-run
