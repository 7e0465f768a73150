for NAME in mk2_resnet50_gn_16ipus mk2_resnet50_bn_16ipus; do
  python3 train.py --config "$NAME" --data-dir /data
done
