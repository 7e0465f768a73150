python3 train.py --config mk2_resnet50_gn_16ipus —epochs 3 –-seed 4
python3 train.py --config mk2_resnet50_gn_16ipus --epochs “3”
