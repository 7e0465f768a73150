run --app nvcnn_hvd --purpose eval --model resnet50 --data_dir d --dry-run
