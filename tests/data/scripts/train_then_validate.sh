# Trains, then validates what was written; stops at the first failure.
set -e
cd "$(dirname "$0")"

CONFIG=mk2_resnet50_gn_16ipus
OUT=/scratch/out/$CONFIG

if [ ! -d "$OUT" ]; then
  mkdir -p "$OUT"
fi

train() {
  poprun -vv --num-instances 8 --num-replicas 16 \
    python3 train.py --config "$CONFIG" --no-validation --logs-path "$OUT" "$@"
}

validate() {
  python3 validation.py --config "$CONFIG" --restore-path "$OUT" --batch-size "$1"
}

train --epochs 2
validate 25
