check --config nvcnn_resnet50 --purpose train --larc_mode Scale
