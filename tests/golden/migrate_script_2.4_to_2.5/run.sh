#!/bin/bash
# A pipeline, alone and under poprun.
python3 train.py --config mk2_resnet50_bn_16ipus --data-dir /imagenet --no-stochastic-rounding \
    --pipeline-splits b1/2/relu b2/3/relu b3/3/relu   # written out
poprun --num-instances 1 --num-replicas 4 --ipus-per-replica 4 python3 train.py --config mk2_resnet50_bn_16ipus \
    --data-dir /imagenet --no-validation --micro-batch-size 8
