check --config pytorch_cnns@2.0:resnet50 --target pod16 --launch launcher=poprun --replicas 12 --instances 4 --global-batch 12
