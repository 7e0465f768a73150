run --config mk2_resnet50_gn_16ipus --purpose validation --repeat 0 --dry-run
