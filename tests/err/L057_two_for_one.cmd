check L057_two_for_one.sh
