#!/usr/bin/env bash
# Builds the fuzz targets with clang and runs each for a while, starting from the kept corpus.
#   run.sh SOURCE_DIR BUILD_DIR [SECONDS]
# New inputs that reach new code stay in BUILD_DIR; copy what is worth keeping to tests/fuzz/corpus.
set -euo pipefail

source_dir=$1
build_dir=$2
seconds=${3:-60}

if ! command -v clang++ >/dev/null ||
  ! compgen -G '/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer*' >/dev/null; then
  echo "clang++ with libFuzzer is not installed"
  exit 77
fi

cmake -S "$source_dir" -B "$build_dir" -G Ninja -DCMAKE_CXX_COMPILER=clang++ \
  -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG="-O1 -g1" -DBUILD_TESTING=ON -DIPUCNN_FUZZ=ON >/dev/null
cmake --build "$build_dir" --target reader_fuzz overrides_fuzz import_fuzz plan_fuzz log_fuzz >/dev/null

for name in reader overrides import plan log; do
  mkdir -p "$build_dir/corpus/$name"
  # 10 s for one input would mean that something grows faster than the input.
  "$build_dir/bin/${name}_fuzz" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
    -error_exitcode=1 -timeout_exitcode=1 -max_len=4096 -print_final_stats=1 -verbosity=0 \
    "$build_dir/corpus/$name" "$source_dir/tests/fuzz/corpus/$name" 2>&1 |
    sed -n 's/^stat::number_of_executed_units: */'"$name"': inputs /p'
done
