solve --config tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus --target m2000 --ipus 16
