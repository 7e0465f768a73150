for OPTIONS in "--batch-size 8" "--epochs 2"; do
  python3 train.py --config mk2_resnet50_gn_16ipus $OPTIONS
done
