#!/usr/bin/env bash
# Holds a dry run to a budget of instructions, which unlike its time are the same on every run.
#   tests/startup_cost.sh PROGRAM
set -euo pipefail

budget=1030000  # docs/numbers.md says what of, and that 600,000 is the goal

if ! command -v valgrind >/dev/null; then
  echo "valgrind is not installed"
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
cd -- "$folder"

# Without the caller's variables and files, which are read as well.
env -i PATH=/usr/bin:/bin valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file=log \
  "$1" run --config mk2_resnet50_gn_16ipus --dry-run >out 2>/dev/null
grep -q '^poprun ' out
count=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' log)
echo "startup_cost: $count instructions of $budget"
((count > 0 && count <= budget))
