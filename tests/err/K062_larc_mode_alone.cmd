check --config nvcnn_resnet50 --purpose train --unset larc_eta --larc_mode scale
