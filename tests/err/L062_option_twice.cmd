check L062_option_twice.sh
