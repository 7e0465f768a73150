show mk2_resnet50_gn_16ipus --app-dir .
