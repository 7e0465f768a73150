check --config mk2_resnet50_mlperf_pod16 --purpose train --target pod64
