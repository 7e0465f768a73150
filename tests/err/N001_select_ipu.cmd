check --config tensorflow1_cnns@2.3:mk2_resnet50_base --purpose train --select-ipu first
