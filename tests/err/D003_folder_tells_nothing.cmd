check --config mk2_resnet8_test --purpose train --unset dataset --data-dir /data/photos
