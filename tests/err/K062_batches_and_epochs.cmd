check --config nvcnn_resnet50 --purpose train --num_batches 100
