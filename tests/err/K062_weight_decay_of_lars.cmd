check --config mk2_resnet50_mlperf_pod16_lars --purpose train --weight-decay 0.0001
