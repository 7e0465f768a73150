poprun --num-instances 8 --num-replicas 16 --mpi-global-args='--mca btl_tcp_if_include eth0 --mca btl_tcp_if_include eth0' \
  python3 train.py --config mk2_resnet50_gn_16ipus --no-validation
