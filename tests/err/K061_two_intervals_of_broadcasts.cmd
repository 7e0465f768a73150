check --config mk2_resnet50_gn_16ipus --purpose train --epochs-per-sync 4 --syncs-per-epoch 2
