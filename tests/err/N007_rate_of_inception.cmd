check --config nvcnn_inception3 --purpose train --unset learning_rate
