check --config efficientnet-b0 --norm-num-groups 32
