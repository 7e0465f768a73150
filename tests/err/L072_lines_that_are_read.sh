while read -r LINE; do
  eval "$LINE"
done <<LINES
python3 train.py --config mk2_resnet50_gn_16ipus
LINES
