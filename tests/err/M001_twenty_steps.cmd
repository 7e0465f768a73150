check --config nvcnn_resnet50 --purpose train --unset num_epochs --num_batches 20
