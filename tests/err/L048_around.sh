cd "$(dirname "$0")"
DATA=$(pwd)/data
until python3 train.py --config mk2_resnet50_gn_16ipus --data-dir "$DATA"; do
  sleep 60
done
