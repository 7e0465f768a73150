check --config mk2_resnet50_mlperf_pod16_bs20 --purpose train --available-memory-proportion 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1
