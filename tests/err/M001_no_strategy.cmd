check --builtin --app pytorch_cnns --purpose weight-avg
