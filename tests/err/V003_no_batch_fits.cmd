check --config tensorflow1_cnns@2.3:mk2_resnet50_gn_64ipus --purpose validation --batch-size 25 --instances 32
