# What a shell works out is no number, which is said once.
poprun --num-instances $(wc -l < hosts) --num-replicas "$((2 * 8))" python3 train.py --config mk2_resnet50_gn_16ipus
