# A published line for a POD64, and what stands around it.
pip install -r requirements.txt
export WORKSPACE=/nethome/me
poprun -v --host 192.0.2.1,192.0.2.2,192.0.2.3,192.0.2.4 --numa-aware=yes \
  --vipu-server-host=192.0.2.9 --vipu-partition=pod64 --reset-partition=yes --update-partition=no \
  --mpi-global-args="--tag-output --mca btl_tcp_if_include 192.0.2.0/24" \
  --mpi-local-args="-x LD_LIBRARY_PATH -x PATH -x PYTHONPATH -x TF_CPP_VMODULE=poplar_compiler=1 \
  -x TF_POPLAR_FLAGS=--executable_cache_path=$WORKSPACE/exec_cache -x WORKSPACE" \
  --num-replicas=16 --num-instances=16 --ipus-per-replica 4 \
  python3 $WORKSPACE/examples/train.py --config mk2_resnet50_bn_64ipus --no-validation \
  --data-dir $DATASETS_DIR/imagenet
