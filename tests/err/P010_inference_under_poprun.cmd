check --config resnet50-mk2 --launch launcher=poprun
