# One entry for every kind of run.
set -eu

usage() {
  cat <<END
usage: $0 train|validate|bench
  train     poprun ... python3 train.py --config CONFIG
END
  exit 2
}

[ $# -ge 1 ] || usage
MODE=$1
shift

COMMON="--config mk2_resnet50_gn_16ipus"
case "$MODE" in
  train)
    poprun --num-instances 8 --num-replicas 16 python3 train.py $COMMON --no-validation "$@"
    ;;
  val | validate)
    python3 validation.py $COMMON --restore-path ckpt --batch-size 25
    ;;
  bench)
    for MODEL in resnet50 resnext101; do
      python3 nvcnn_hvd.py --model=$MODEL --batch_size=128 --num_batches=100
    done
    ;;
  *) usage ;;
esac
