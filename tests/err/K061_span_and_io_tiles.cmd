check --config mk2_resnet50_mlperf_pod16_bs20 --purpose train --num-io-tiles 32
