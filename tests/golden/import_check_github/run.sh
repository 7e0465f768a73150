poprun --num-instances 4 --num-replicas 4 --ipus-per-replica 4 python3 train.py \
  --config mk2_efficientnet_b4_g16_16ipus --no-validation \
  --gradient-accumulation-count 38
