run --config mk2_resnet50_gn_16ipus --data-dir /d --dry-run --format sbatch
