check --config nvcnn_resnet50 --purpose eval
