check L043_options_below.sh
