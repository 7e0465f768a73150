# Runs in the folders of a checkout, each in a shell of its own.
REPO=/home/me/examples
(cd $REPO/applications/tensorflow/cnns/training && python3 train.py --config mk2_resnet50_gn_16ipus --epochs 1)
(
  cd "$REPO/applications/pytorch/cnns/train" || exit
  export POPTORCH_CACHE_DIR=./cache
  python3 train.py --config resnet50-mk2 --data synthetic --epoch 1
)
{
  date
  python3 train.py --model resnet --model-size 20 --dataset cifar-10 --iterations 10
} 2>&1 | tee run.log
