check L048_around.sh
