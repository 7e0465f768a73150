check --config mk2_resnet50_mlperf_pod16_lars --purpose train --offload-fp32-weight-copy
