run --app pytorch_cnns --purpose weight-avg --checkpoint-path d --dry-run
