check --config mk2_resnet50_base --purpose validation --batch-size 24
