check --config mk2_resnet50_mlperf_pod16_bs20 --purpose train --ckpts-per-epoch 0
