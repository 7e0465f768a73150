check --config efficientnet-b0 --model efficientnet-b7 --norm-num-groups 32
