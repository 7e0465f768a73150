check --config mk2_resnet50_gn_16ipus --purpose train --weight-avg-N 3 --ckpts-per-epoch 0
