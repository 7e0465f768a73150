compare a b --threshold 200%
