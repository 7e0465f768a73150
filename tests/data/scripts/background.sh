# Leaves the terminal and writes one log.
export POPLAR_LOG_LEVEL=WARN
export TF_POPLAR_FLAGS="--executable_cache_path=/tmp/cache"

nohup poprun --num-instances 8 --num-replicas 16 python3 train.py \
  --config mk2_resnet50_gn_16ipus \
  --no-validation \
  --data-dir $DATASETS_DIR/imagenet > train.log 2>&1 &
echo $! > train.pid
wait
