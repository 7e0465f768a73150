solve --config mk2_resnet50_gn_16ipus --purpose validation
