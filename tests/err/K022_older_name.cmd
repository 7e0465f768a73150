check --app tensorflow1_cnns@2.4 K022_older_name.sh
