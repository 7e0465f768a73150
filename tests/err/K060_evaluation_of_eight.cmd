check --config nvcnn_resnet50 --purpose train --eval --nofp16 --unset num_epochs
