check L070_line_ends.sh
