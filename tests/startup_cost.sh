#!/usr/bin/env bash
# Holds commands to budgets of instructions, which unlike their time are the same on every run, and
# looks that a dry run asks every rule and calls few functions that the linker does not lay side by side.
#   tests/startup_cost.sh PROGRAM
set -euo pipefail

program=$(realpath -- "$1")
rules=$(dirname "$0")/../src/check/rules.def

if ! command -v valgrind >/dev/null; then
  echo "valgrind is not installed"
  exit 77
fi
rules=$(realpath -- "$rules")
order=$(realpath -- "$(dirname "$0")/../src/startup_order.txt")
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
cd -- "$folder"
# Its own path is among what it looks at: the same wherever it was built.
cp -- "$program" ipucnn
program=./ipucnn
failed=0

# Without the caller's variables and files, which are read as well.
#   cost BUDGET PATTERN WORD...    the output has a line like PATTERN
cost() {
  local budget=$1 pattern=$2 count
  shift 2
  env -i PATH=/usr/bin:/bin valgrind --tool=callgrind --callgrind-out-file=called --log-file=log \
    "$program" "$@" >out 2>err || true  # `check` ends with 1 where it finds something
  if ! grep -qE -- "$pattern" out err; then
    echo "startup_cost: ipucnn $* does not print $pattern"
    failed=1
  fi
  count=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' log)
  echo "startup_cost: ipucnn $*: $count instructions of $budget"
  ((count > 0 && count <= budget)) || failed=1
}

# docs/numbers.md says what these are made of.
cost 547000 '^poprun ' run --config tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus --dry-run
while read -r rule; do
  if ! grep -q "ipucnn::checking::$rule(" called; then
    echo "startup_cost: the dry run does not call $rule"
    failed=1
  fi
done < <(sed -n 's/^RULE(\(.*\))$/\1/p' "$rules")
env -i PATH=/usr/bin:/bin valgrind --tool=callgrind --demangle=no --callgrind-out-file=called --log-file=log \
  "$program" run --config tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus --dry-run >out 2>err
sed -nE "s/^c?fn=\([0-9]+\) (_Z[^']+).*/.text.\1/p" called | LC_ALL=C sort -u >functions
count=$(wc -l <functions)
listed=$(LC_ALL=C comm -12 functions "$order" | wc -l)
echo "startup_cost: $listed of $count functions of a start stand in ${order##*/}"
if ((count < 100 || listed * 10 < count * 9)); then
  echo "startup_cost: scripts/startup_order writes a new list"
  failed=1
fi
cost 543500 '--data-dir /data' \
  run --config tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus --dry-run --data-dir /data
# A preset without its release: what it means in others was worked out when the program was built.
cost 653500 '^poprun ' run --config mk2_resnet50_gn_16ipus --dry-run
# Of lists by the entry, for they grow with the releases that are described.
entries=$(env -i PATH=/usr/bin:/bin "$program" check --builtin 2>&1 |
  sed -n 's/.* \([0-9]*\) commands checked.*/\1/p') || true
cost $((153500 * entries)) ' checked, ' check --builtin
entries=$(env -i PATH=/usr/bin:/bin "$program" show presets | grep -cE '^[^ ]+( +([0-9]+|-)){5} ')
cost $((96500 * entries)) '^mk2_resnet50_gn_16ipus ' show presets
exit "$failed"
