check L056_no_program.sh
