run --app tensorflow2_cnns@3.0 --dataset-path /d --checkpoint-dir /checkpoints --dry-run
