# Two loops, and a name that is used twice.
REPLICAS=16
for BS in 4 8; do
  for GA in 8 16; do
    poprun --num-instances=8 --num-replicas=$REPLICAS python3 train.py \
      --config mk2_resnet50_gn_16ipus --no-validation --batch-size=$BS \
      --gradient-accumulation-count "${GA}"
  done
done

for BS in 1 2; do
  python3 train.py --config mk2_resnet50_gn_16ipus --replicas 1 --batch-size $BS --name-suffix bs$BS
done

for i in $(seq 3); do
  python3 train.py --config mk2_resnet50_gn_16ipus --replicas 1 --epochs 1
done

while read -r LR; do
  python3 train.py --config mk2_resnet50_gn_16ipus --replicas 1 --abs-learning-rate $LR
done < rates.txt
