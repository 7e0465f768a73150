#!/usr/bin/env bash
# Runs a random test at the size that there is time for.
#   at_size.sh SMALL FULL COMMAND WORD...
# FULL stands in for the word SIZE where IPUCNN_TEST_SIZE is full (./scripts/test --long), SMALL elsewhere.
# A size of several words is separated by commas.
set -euo pipefail

size=$1
[[ ${IPUCNN_TEST_SIZE:-} != full ]] || size=$2
shift 2
words=()
for word; do
  if [[ $word == SIZE ]]; then
    IFS=, read -ra parts <<<"$size"
    words+=("${parts[@]}")
  else
    words+=("$word")
  fi
done
exec "${words[@]}"
