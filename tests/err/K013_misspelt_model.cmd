run --app tensorflow1_cnns --model resnett --dry-run
