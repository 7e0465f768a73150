check --config mk2_resnet50_mlperf_pod16_bs20 --purpose train --epochs 2 --epochs-per-sync 20
