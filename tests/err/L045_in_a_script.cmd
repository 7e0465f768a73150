check L045_in_a_script.sh
