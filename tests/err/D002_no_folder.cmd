run --config mk2_resnet8_test --dry-run --format argv
