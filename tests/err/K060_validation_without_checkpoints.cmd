check --config mk2_resnet50_base --purpose train --ckpts-per-epoch 0
