set -eo pipefail
source "${POPLAR_SDK:-/opt/poplar}/enable.sh"

HOSTS=10.1.3.101,10.1.3.102,10.1.3.103,10.1.3.104
NET=10.1.3.0/24
VIPU_SERVER=${VIPU_SERVER:-10.1.3.150}

run_on() {
  local instances=$1 replicas=$2 config=$3
  shift 3
  poprun -v --host $HOSTS --numa-aware 1 \
    --vipu-server-host "$VIPU_SERVER" --vipu-partition pod64 \
    --mpi-global-args "--mca oob_tcp_if_include $NET --mca btl_tcp_if_include $NET" \
    --mpi-local-args "-x LD_LIBRARY_PATH -x PATH -x PYTHONPATH" \
    --num-instances "$instances" --num-replicas "$replicas" \
    python3 train.py --config "$config" --no-validation "$@" |& tee -a "$config.log"
}

run_on 32 64 mk2_resnet50_gn_64ipus --epochs 2 &&
  run_on 32 64 mk2_resnet50_gn_64ipus --epochs 4 --label-smoothing 0.1
