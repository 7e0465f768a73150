#SBATCH --job-name=resnet50
#SBATCH --nodes=1
#SBATCH --time=04:00:00

export POPLAR_ENGINE_OPTIONS='{"opt.internalExchangeOptimisationTarget":"balanced"}'

cd "$SLURM_SUBMIT_DIR" || exit 1
srun -N 1 --ntasks=1 numactl --cpunodebind=0 --membind=0 \
  python3 train.py --config mk2_resnet50_mlperf_pod16_bs20 --epochs 1 --data-dir /data/imagenet
exec env TF_CPP_VMODULE=poplar_compiler=1 \
  poprun --num-instances 8 --num-replicas 16 \
  python3 train.py --config mk2_resnet50_gn_16ipus --no-validation --data-dir /data/imagenet
