cat > run.sh <<EOF
python3 train.py --config mk2_resnet50_gn_16ipus
  EOF
bash run.sh
