check L048_output.sh
