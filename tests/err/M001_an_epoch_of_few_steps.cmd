check --config nvcnn_resnet50 --purpose train --num_epochs 1 --batch_size 8192
