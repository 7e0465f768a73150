# Commands that stand in words of others.
VERBOSE=0
[ -n "${DEBUG:-}" ] && VERBOSE=2
BATCH=4
[ -f big ] && BATCH=16

CMD="python3 train.py --config mk2_resnet50_gn_16ipus"
CMD="$CMD --epochs 1 --replicas 1"
echo "$CMD --batch-size 8"
eval "$CMD --batch-size 8"
$CMD --batch-size $BATCH
bash -c "cd /work/cnns && python3 train.py --config mk2_resnet50_gn_16ipus --replicas 2"
RATE=$(python3 train.py --config mk2_resnet50_gn_16ipus --replicas 4 | tail -n 1)
echo "$RATE of $VERBOSE"
