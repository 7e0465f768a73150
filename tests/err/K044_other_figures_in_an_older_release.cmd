check --config efficientnet-b4-g16-gn-pod16 --purpose train --weight-avg-strategy none
