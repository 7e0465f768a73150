check --config mk2_resnet50_gn_16ipus --purpose train --offload-fp32-weight-copy
