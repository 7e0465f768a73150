check --config mk2_resnet50_gn_64ipus --purpose validation --batch-size 25 --instances 32
