run --config tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus --purpose validation --sweep global_batch=256,300 --dry-run --data-dir /d --restore-path /c
