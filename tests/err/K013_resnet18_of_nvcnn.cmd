check --config nvcnn_resnet50 --purpose train --model resnet18
