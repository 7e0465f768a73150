run --app pytorch_cnns@2.0 --purpose weight-avg --checkpoint-path d --dry-run
