for BS in 4 8; do
  python3 train.py --config mk2_resnet50_gn_16ipus --batch-size $BS --name-suffix bs$BS
done
