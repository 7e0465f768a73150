run --config mk2_resnet8_test --lr-schedule Cosine --dry-run
