run --config tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus --set enable_half_partials=false --data-dir /d --dry-run
