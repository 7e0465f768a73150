check L053_maybe.sh
