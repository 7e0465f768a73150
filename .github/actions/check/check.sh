#!/usr/bin/env bash
# The step of action.yml: its inputs are variables, so that nothing in them can be a command.
set -euo pipefail

ipucnn=${IPUCNN:-$(dirname -- "${BASH_SOURCE[0]}")/../../../scripts/ipucnn}
words=()
while IFS= read -r file; do
  [[ -z $file ]] || words+=("$file")
done <<<"${FILES:-}"
[[ ${DENY_WARNINGS:-false} != true ]] || words+=(--deny warnings)

# The annotations' status is that of both.
if [[ -n ${SARIF:-} ]]; then
  "$ipucnn" check --format sarif "${words[@]}" >"$SARIF" || (($? == 1))
fi
"$ipucnn" check --format github "${words[@]}"
