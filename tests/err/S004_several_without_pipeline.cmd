check --config mk2_resnet50_gn_16ipus --purpose train --available-memory-proportion 0.1 0.2
