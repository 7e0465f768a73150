check --config mk2_resnet50_base --purpose train --epochs-per-sync 4
