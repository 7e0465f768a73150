check --config tensorflow1_cnns@2.3:mk2_resnet8_test --purpose train --unset dataset --data-dir /data/photos
