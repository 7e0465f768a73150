check --config mk2_resnet8_test --purpose train --model resnext
