check --config tensorflow1_cnns@2.3:mk2_resnet8_test --purpose train --dataset imagenet --image-size 224 --model-size 50 --hostside-norm --fused-preprocessing
