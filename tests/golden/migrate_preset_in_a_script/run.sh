#!/bin/bash
python3 train.py \
  --config mk2_resnet50_8k_bn_pipeline \
  --bn-momentum 0.9 --num-epochs 10
