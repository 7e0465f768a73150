check L044_mpi_words.sh
