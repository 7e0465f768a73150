check L056_no_script.sh
