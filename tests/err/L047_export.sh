export POPLAR_ENGINE_OPTIONS={"target.hostSyncTimeout":"900"}
python3 train.py --config mk2_resnet50_gn_16ipus
