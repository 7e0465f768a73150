run --app pytorch_cnns --purpose restore --checkpoint-path d --batch-size 4 --dry-run
