check L052_abbreviated.sh
