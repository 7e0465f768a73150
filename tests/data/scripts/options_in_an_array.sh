set -euo pipefail

POPRUN_ARGS=(
  --numa-aware 1          # pinned
  --num-instances 8
  --num-replicas 16
  --ipus-per-replica 1
)
ARGS=(--config mk2_resnet50_gn_16ipus --no-validation)
ARGS+=(--data-dir "/data/image net" --epochs 3)

if [[ "${SEED:-}" != "" ]]; then
  ARGS+=(--seed "$SEED")
fi

EXTRA="--log-freq 50 --synthetic-data"
time poprun "${POPRUN_ARGS[@]}" python3 train.py --config mk2_resnet50_gn_16ipus --no-validation $EXTRA
poprun "${POPRUN_ARGS[@]}" python3 train.py "${ARGS[@]}"
