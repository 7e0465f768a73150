poprun --host h1,h2, h3,h4 --num-instances 32 --num-replicas 64 \
  python3 train.py --config mk2_resnet50_gn_64ipus --no-validation
