run --config mk2_resnet8_test --learning-rate-schedule 0.5,late --dry-run
