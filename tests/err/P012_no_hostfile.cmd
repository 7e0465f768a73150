run --app nvcnn_hvd --target gpu --dry-run --data-dir /d --model resnet50 --num-epochs 1 --launch hostfile=machines
