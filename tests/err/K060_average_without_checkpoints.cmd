check --config mk2_resnet50_gn_16ipus --purpose train --weight-avg-exp 0.97 --ckpts-per-epoch 0
