check --config nvcnn_resnet50 --purpose eval --num_epochs 2
