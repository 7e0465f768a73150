run --config mk2_resnet50_gn_16ipus --dry-run --data-dir /d --launch mpi_global=--bind-to
