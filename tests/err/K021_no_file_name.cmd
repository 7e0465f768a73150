run --app tensorflow1_cnns --purpose weight-avg --restore-path x --mode mean --dry-run --format argv
