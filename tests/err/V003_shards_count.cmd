run --config tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus --purpose validation --target none --replicas 1 --shards 4 --batch-size 64 --dry-run
