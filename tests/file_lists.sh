#!/usr/bin/env bash
# Holds the written-out file lists to the tree: a source, built-in file or test that no list names
# would silently be left out.
set -euo pipefail

cd "$(dirname -- "${BASH_SOURCE[0]}")/.."

missing=0
# expect_named LIST FOLDER PATTERN: LIST names every FOLDER/PATTERN, relative to FOLDER.
expect_named() {
  local file
  while IFS= read -r file; do
    if ! grep -qE "(^|[[:blank:](]|DIR}/)${file//./\\.}([[:blank:])]|\$)" "$1"; then
      echo "$1: $2/$file is not in the list"
      missing=$((missing + 1))
    fi
  done < <(cd "$2" && find . -type f -name "$3" -printf '%P\n' | LC_ALL=C sort)
}

expect_named src/CMakeLists.txt src '*.cpp'
expect_named src/CMakeLists.txt configs '*.yml'
expect_named tests/CMakeLists.txt tests '*_test.*'
echo "file_lists: $missing files are in no list"
((missing == 0))
