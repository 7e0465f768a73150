check --config tensorflow2_cnns@3.4:resnet8_test --purpose train
