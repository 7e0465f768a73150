#!/usr/bin/env bash
# Plants faults in a small tree and expects tests/layering.sh to find exactly these.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf -- "$tree"' EXIT

mkdir -p "$tree"/tests "$tree"/include/ipucnn "$tree"/src/{base,check/rules,cli,odd,plan}
cp -- "$here/layers.txt" "$tree/tests/"
file() { cat >"$tree/$1"; }

file include/ipucnn/source.h <<<'#include <string>'
file include/ipucnn/check.h <<<'#include "ipucnn/source.h"'
file include/ipucnn/plan.h <<<'#include <ipucnn/source.h>'
file include/ipucnn/surprise.h <<<'#pragma once'
file src/base/text.h <<'END'
#include <vector>
#include "ipucnn/plan.h"
END
file src/check/rules/b001.cpp <<'END'
#include "ipucnn/check.h"
// #include "ipucnn/plan.h"
#include "../../base/text.h"
  #  include <ipucnn/plan.h>
#include "rules.def"
END
file src/check/rules/rules.def <<<'#include "../../plan/words.h"'
file src/plan/words.h <<<'#include "yaml.h"'
file src/plan/plan.cpp <<'END'
#include "ipucnn/plan.h"
#include "plan/words.h"
#include "cli/app.h"
#include WORDS
END
file src/cli/app.h <<'END'
#include "plan/words.h"
#include "ipucnn/check.h"
END
file src/odd/one.cpp <<<'#include "base/text.h"'
file src/stray.cpp <<<'#include <map>'

expected='include/ipucnn/surprise.h:1: belongs to no stage of tests/layers.txt
src/odd/one.cpp:1: belongs to no stage of tests/layers.txt
src/stray.cpp:1: belongs to no stage of tests/layers.txt
src/base/text.h:2: base may not include plan (ipucnn/plan.h)
src/check/rules/b001.cpp:4: check may not include plan (ipucnn/plan.h)
src/check/rules/rules.def:1: check may not include plan (../../plan/words.h)
src/cli/app.h:1: plan/words.h is private to plan
src/plan/plan.cpp:3: plan may not include cli (cli/app.h)
src/plan/plan.cpp:4: an include without a plain name cannot be judged
src/plan/words.h:1: "yaml.h" is no file of src/ or include/
layering: 10 faults in 12 files with 19 includes'

status=0
found=$("$here/layering.sh" "$tree") || status=$?
diff -u <(printf '%s\n' "$expected") <(printf '%s\n' "$found")
if [[ $status -ne 1 ]]; then
  echo "status $status instead of 1"
  exit 1
fi
echo "layering_selftest: all planted faults were found"
