#!/usr/bin/env bash
# Holds the released program to: one plain static file, without a loader.
#   tests/static_binary.sh PROGRAM
set -euo pipefail

kind=$(file -b -- "$1")
echo "$kind"
[[ $kind == *"statically linked"* ]]
