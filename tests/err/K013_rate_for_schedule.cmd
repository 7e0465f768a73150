run --config mk2_resnet8_test --lr 0.1 --dry-run
