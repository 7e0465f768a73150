check --config nvcnn_resnet50 --purpose train --unset data_dir
