check L042_three_lines.sh
