#!/bin/sh
# Trains ResNet-8, and says so.
echo "begins"
python3 train.py --config resnet8_test --dataset-path /data \
  --checkpoint-dir /checkpoints --wandb-params '{tags: a}' --num-epochs 2
echo "ends"
