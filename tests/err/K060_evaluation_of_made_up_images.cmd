check --config nvcnn_resnet50 --purpose eval --unset data_dir
