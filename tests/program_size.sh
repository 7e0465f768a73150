#!/usr/bin/env bash
# Holds the released program, without its symbols as it is installed, to its size (docs/numbers.md).
# The goal is 8 MB.
# Beside the code most of it are the tables of the applications' releases.
#   tests/program_size.sh PROGRAM
set -euo pipefail

most=8000000
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
strip -o "$folder/stripped" -- "$1"
size=$(stat -c %s -- "$folder/stripped")
echo "program_size: $size bytes of $most"
((size > 0 && size <= most))
