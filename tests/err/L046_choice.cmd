check L046_choice.sh
