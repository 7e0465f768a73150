check --config pytorch_cnns@2.0:efficientnet-b0-16ipu-mk2 --pipeline-splits _blocks/1/_project_conv _blocks/4 _blocks/16
