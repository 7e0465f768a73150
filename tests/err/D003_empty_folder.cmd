check --config nvcnn_resnet50 --purpose train --data_dir ''
