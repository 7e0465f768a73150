check --config resnet50 --target pod16 --launch launcher=poprun --replicas 12 --instances 4 --global-batch 12
