run --config mk2_resnet50_gn_16ipus --batchsize 8 --dry-run
