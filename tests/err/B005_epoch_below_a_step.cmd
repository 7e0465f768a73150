check --config mk2_resnet8_test --purpose train --batch-size 60000
