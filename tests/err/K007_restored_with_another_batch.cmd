run --app pytorch_cnns@2.0 --purpose restore --checkpoint-path d --batch-size 4 --dry-run
