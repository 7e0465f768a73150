run --app tensorflow1_cnns@2.3 --purpose weight-avg --restore-path x --mode mean --dry-run --format argv
