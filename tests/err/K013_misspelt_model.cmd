run --app tensorflow1_cnns@2.3 --model resnett --dry-run
