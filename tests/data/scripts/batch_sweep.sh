# Throughput of ResNet-50 by micro batch, one run after the other.
set -euo pipefail

DATA=${DATASETS_DIR:-/localdata}/imagenet
mkdir -p logs

for BS in 4 8 16; do
  echo "micro batch $BS"
  poprun -v --numa-aware 1 --num-instances 8 --num-replicas 16 --ipus-per-replica 1 \
    python3 train.py --config mk2_resnet50_gn_16ipus --no-validation --epochs 1 \
    --batch-size $BS --data-dir "$DATA" 2>&1 | tee "logs/bs$BS.log"
done
