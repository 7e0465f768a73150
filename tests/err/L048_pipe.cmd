check L048_pipe.sh
