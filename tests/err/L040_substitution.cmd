check L040_substitution.sh
