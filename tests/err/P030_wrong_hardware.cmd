check --config mk2_resnet8_test --target gpu --purpose train
