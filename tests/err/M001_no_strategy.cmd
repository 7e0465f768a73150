check --app pytorch_cnns --purpose weight-avg
