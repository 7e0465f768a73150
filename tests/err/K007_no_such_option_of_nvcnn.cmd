check --config nvcnn_resnet50 --purpose train --hidden 3
