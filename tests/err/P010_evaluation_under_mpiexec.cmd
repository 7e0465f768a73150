check --config nvcnn_resnet50 --purpose eval --launch launcher=mpiexec
