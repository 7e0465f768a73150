check L060_own_script.sh
