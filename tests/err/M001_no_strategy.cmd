check --builtin --app pytorch_cnns@2.0 --purpose weight-avg
