check --config mk2_resnet50_base --purpose train --syncs-per-epoch 2
