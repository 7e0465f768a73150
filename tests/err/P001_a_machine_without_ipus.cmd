run --config nvcnn_hvd@1.1:nvcnn_resnet50 --data_dir /d --ipus 4 --dry-run
