check --config tensorflow1_cnns@2.3:mk2_resnet50_mlperf_pod16 --purpose train --pipeline-schedule Grouped
