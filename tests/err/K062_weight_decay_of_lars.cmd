check --config tensorflow1_cnns@2.3:mk2_resnet50_mlperf_pod16_lars --purpose train --weight-decay 0.0001
