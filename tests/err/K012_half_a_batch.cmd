check --config nvcnn_resnet50 --purpose train --batch_size 1.5
