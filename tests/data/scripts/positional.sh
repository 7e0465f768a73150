# usage: positional.sh CONFIG [BATCH]
CONFIG=$1
BATCH=${2:-8}
HOST=$(hostname)
LOGS=logs/$HOST

poprun --num-instances 8 --num-replicas 16 python3 train.py --config $CONFIG --no-validation
python3 train.py --config mk2_resnet50_gn_16ipus --replicas 1 --batch-size $BATCH
python3 train.py --config mk2_resnet50_gn_16ipus --replicas 1 --epochs ${3}
python3 train.py --config mk2_resnet50_gn_16ipus --replicas 1 --logs-path "$LOGS"
