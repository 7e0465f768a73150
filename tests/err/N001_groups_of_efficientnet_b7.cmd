check --config pytorch_cnns@2.0:efficientnet-b0 --model efficientnet-b7 --norm-num-groups 32
