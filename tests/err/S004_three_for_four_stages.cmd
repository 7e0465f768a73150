check --config mk2_resnet50_bn_16ipus --purpose train --available-memory-proportion 0.1 0.2 0.3
