check L055_numa_aware.sh --launch sdk=3.1
