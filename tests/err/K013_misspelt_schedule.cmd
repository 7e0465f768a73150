run --config mk2_resnet8_test --lr-schedule cosin --dry-run
