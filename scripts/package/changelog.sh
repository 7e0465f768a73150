#!/usr/bin/env bash
# Writes the changelog as Debian's are written.
#   scripts/package/changelog.sh CHANGELOG.md MAINTAINER
set -euo pipefail

changelog=$1
maintainer=$2
heading='^## ([0-9.]+) \(([0-9-]+)\)$'
signature=''
while IFS= read -r line; do
  if [[ $line =~ $heading ]]; then
    printf '%sipucnn (%s) stable; urgency=medium\n\n' "$signature" "${BASH_REMATCH[1]}"
    day=$(date -u -R -d "${BASH_REMATCH[2]}")
    signature=$(printf '\n -- %s  %s\n\n.' "$maintainer" "$day")
    signature=${signature%.}
  elif [[ -n $signature && $line == '- '* ]]; then
    printf '  * %s\n' "${line#- }"
  elif [[ -n $signature && $line == '  '* ]]; then
    printf '    %s\n' "${line#  }"
  fi
done <"$changelog"
printf '%s' "$signature"
