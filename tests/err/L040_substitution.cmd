import L040_substitution.sh
