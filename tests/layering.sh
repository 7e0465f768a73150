#!/usr/bin/env bash
# Holds every #include of src/ and include/ to tests/layers.txt.
#   tests/layering.sh [ROOT]
# Prints FILE:LINE: MESSAGE for each include that goes against it, then one closing line.
set -euo pipefail

cd "${1:-"$(dirname -- "${BASH_SOURCE[0]}")/.."}"

# One awk over three streams: the rules, the names of all files (to tell which file a quoted name
# means), and the include lines. grep has nothing to say about a tree without includes.
{
  sed 's/^/R /' tests/layers.txt
  find src include -type f \( -name '*.h' -o -name '*.cpp' -o -name '*.def' \) | LC_ALL=C sort | sed 's/^/F /'
  { LC_ALL=C grep -rnE '^[[:blank:]]*#[[:blank:]]*include' src include \
      --include='*.h' --include='*.cpp' --include='*.def' || true; } |
    LC_ALL=C sort -t: -k1,1 -k2,2n | sed 's/^/I /'
} | awk '
  function fault(where, message) { print where ": " message; ++faults }

  # The stage of a file, or "" (reported once per file) when nothing says.
  function stage_of(file,    part) {
    split(file, part, "/")
    if (part[1] == "include") return header[substr(file, length("include/ipucnn/") + 1)]
    return (part[2] in may) && (3 in part) ? part[2] : ""
  }

  # src/a/../b/x.h -> src/b/x.h
  function plain(path) {
    gsub(/\/\.\//, "/", path)
    while (sub(/[^\/]+\/\.\.\//, "", path)) continue
    return path
  }

  # The file a quoted name means, looked for where the compiler looks.
  function file_of(name, from,    folder, n, i, tried) {
    folder = from
    sub(/[^\/]*$/, "", folder)
    n = split(folder "|include/|src/", tried, "|")
    for (i = 1; i <= n; ++i) if (plain(tried[i] name) in exists) return plain(tried[i] name)
    return ""
  }

  { kind = substr($0, 1, 1); text = substr($0, 3) }

  kind == "R" {
    sub(/#.*/, "", text)
    if (text ~ /^[ \t]*$/) next
    if (text ~ /->/) { split(text, word, /[ \t]*->[ \t]*/); gsub(/[ \t]/, "", word[2]); header[word[1]] = word[2]; next }
    stage = text; sub(/:.*/, "", stage); sub(/^[^:]*:/, "", text)
    may[stage] = " " stage " " text " "
    next
  }

  kind == "F" {
    exists[text] = 1
    ++files
    if (stage_of(text) == "") fault(text ":1", "belongs to no stage of tests/layers.txt")
    next
  }

  {
    match(text, /^[^:]*:[0-9]+/)
    where = substr(text, 1, RLENGTH)
    line = substr(text, RLENGTH + 2)
    from = where
    sub(/:[0-9]+$/, "", from)
    ++includes
    if (!match(line, /"[^"]*"|<[^>]*>/)) { fault(where, "an include without a plain name cannot be judged"); next }
    quoted = substr(line, RSTART, 1) == "\""
    name = substr(line, RSTART + 1, RLENGTH - 2)
    to = file_of(name, from)
    if (to == "") {
      # Libraries stand in angle brackets.
      if (quoted) fault(where, "\"" name "\" is no file of src/ or include/")
      next
    }
    a = stage_of(from); b = stage_of(to)
    if (a == "" || b == "") next
    if (!index(may[a], " " b " ") && !index(may[a], " * ")) fault(where, a " may not include " b " (" name ")")
    else if (a != b && b != "base" && to ~ /^src\//) fault(where, name " is private to " b)
  }

  END {
    if (faults) printf "layering: %d faults in %d files with %d includes\n", faults, files, includes
    else printf "layering: %d includes of %d files follow tests/layers.txt\n", includes, files
    exit faults > 0
  }'
