for e in 1 x; do
  python3 train.py --config mk2_resnet50_gn_16ipus --epochs $e
done
