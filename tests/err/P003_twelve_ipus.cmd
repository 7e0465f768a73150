check --config tensorflow1_cnns@2.3:mk2_resnet50_mlperf_pod16 --target pod16 --ipus 12 --purpose train
