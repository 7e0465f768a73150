check L041_joined_lines.sh
