check --config nvcnn_resnet50 --purpose eval --unset log_dir
