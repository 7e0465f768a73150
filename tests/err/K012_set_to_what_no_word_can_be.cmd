check --config tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus --purpose train --set epochs=x --set optimiser=sgd --set 'replicas=[1]' --set 'pipeline="no"' --set learning_rate_schedule=3
