check --config tensorflow1_cnns@2.3:mk2_resnet50_mlperf_pod16_bs20 --purpose train --BN-span 32
