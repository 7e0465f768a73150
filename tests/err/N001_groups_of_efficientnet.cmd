check --config pytorch_cnns@2.0:efficientnet-b0 --norm-num-groups 32
