check L052_misspelt.sh
