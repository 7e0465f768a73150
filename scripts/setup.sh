# shellcheck shell=bash disable=SC2154
# Sourced by scripts/ipucnn and scripts/test, after they have set
#   root   the checkout
# Everything that ends a command early ends it with status 2 and one line that says why.

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {
  say "$@"
  exit 2
}

# How much of LOG's work is done, a whole number; nothing where nobody can tell.
percent_of_ninja() {
  sed -n 's/^\[\([0-9]\+\)\/\([0-9]\+\)\].*/\1 \2/p' "$1" | tail -n 1 | awk '{ print int($1 * 100 / $2) }'
}
# apt counts to 100 while it fetches, and again while it unpacks.
percent_of_apt() {
  awk -F: '/^dlstatus:/ { done = $3 / 2 } /^pmstatus:/ { done = 50 + $3 / 2 } END { if (done) print int(done) }' "$1"
}
percent_unknown() { :; }

# report WHAT PERCENT LOG PARENT: one line with what runs, how much of it is done and for how long, on
# a terminal written anew every second, elsewhere every minute. Ends with PARENT.
report() {
  local what=$1 percent=$2 log=$3 parent=$4 begun=$SECONDS next=$SECONDS idle line share
  exec {idle}<> <(:)
  while kill -0 "$parent" 2>/dev/null; do
    # When the work ends the log goes, and a question that was asked just then outlives us.
    share=$("$percent" "$log" 2>/dev/null)
    line=$(printf '%s: %s: %s%d:%02d' "${0##*/}" "$what" "${share:+$share %, }" \
      $(((SECONDS - begun) / 60)) $(((SECONDS - begun) % 60)))
    if [[ -t 2 ]]; then
      printf '\r%s\033[K' "$line" >&2
    elif ((SECONDS >= next)); then
      # On a busy machine a second may pass without a turn of this loop: no line may depend on it.
      printf '%s\n' "$line" >&2
      ((next += 60))
    fi
    # A pause without a process that could outlive us and hold the caller's streams.
    read -rt 1 -u "$idle" || true
  done
}

# attempt WHAT PERCENT LOG COMMAND...: runs it without a terminal to ask questions at, and reports.
attempt() {
  local what=$1 percent=$2 log=$3 reporter status=0
  shift 3
  report "$what" "$percent" "$log" "$BASHPID" &
  reporter=$!
  "$@" </dev/null >"$log" 2>&1 || status=$?
  kill "$reporter" 2>/dev/null || true
  wait "$reporter" 2>/dev/null || true
  [[ ! -t 2 ]] || printf '\r\033[K' >&2
  return "$status"
}

# quietly WHAT PERCENT COMMAND...: the same, and only a failure shows what the command wrote.
quietly() {
  local what=$1 percent=$2 log
  shift 2
  log=$(mktemp)
  if attempt "$what" "$percent" "$log" "$@"; then
    rm -f -- "$log"
  else
    grep -vE '^(dl|pm)status:' "$log" | tail -n 40 >&2
    die "$what failed; all of its output is in $log"
  fi
}

packages_in() {
  local section=$1 package file
  sed -n "/^\[$section\]/,/^\[/{/^[a-z0-9]/p}" "$root/scripts/packages.txt" |
    while read -r package file; do
      [[ $file && -e $file ]] || echo "$package"
    done
}

# ensure_packages SECTION...: installs what is missing.
ensure_packages() {
  # On another distribution the libraries come from elsewhere, and CMake says what it does not find.
  command -v dpkg-query >/dev/null || return 0
  local section package installed as_root=()
  local -a wanted=() missing=()
  for section; do
    mapfile -t -O "${#wanted[@]}" wanted < <(packages_in "$section")
  done
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null || true)
  for package in "${wanted[@]}"; do
    grep -qxF "installed $package" <<<"$installed" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0

  local install=(apt-get install -y --no-install-recommends "${missing[@]}")
  if ((EUID != 0)); then
    if ! sudo -n true 2>/dev/null; then
      printf '    sudo apt-get update && sudo %s\n' "${install[*]}" >&2
      die "packages are missing and only root may install them: run the line above, then try again"
    fi
    as_root=(sudo -n)
  fi
  local apt_env=(env DEBIAN_FRONTEND=noninteractive)
  local options=(-qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o APT::Status-Fd=1)
  local log
  log=$(mktemp)
  # A server that cannot be reached is no failure for apt unless it is told so. What is wanted may still
  # be in the lists that are there.
  attempt "fetching the lists of packages" percent_unknown "$log" "${as_root[@]}" "${apt_env[@]}" \
    apt-get update "${options[@]}" -o APT::Update::Error-Mode=any ||
    say "apt-get update failed: $(grep -m 1 -E '^[EW]: ' "$log" || tail -n 1 "$log")"
  rm -f -- "$log"
  say "installing ${missing[*]}"
  quietly "installing packages" percent_of_apt "${as_root[@]}" "${apt_env[@]}" "${install[@]}" \
    "${options[@]}"
}

# What the program is made from. A folder's own time changes when a file in it comes or goes.
program_inputs=("$root"/{CMakeLists.txt,CMakePresets.json,configs,include,src})

# True when PRESET's program is newer than everything it is made from.
up_to_date() {
  local stamp=$root/build/$1/.built
  [[ -x $root/build/$1/bin/ipucnn && -e $stamp &&
    -z $(find "${program_inputs[@]}" -newer "$stamp" -print -quit 2>/dev/null) ]]
}

# build_preset PRESET TARGET [-D...]: configures and builds in build/PRESET, one caller at a time.
build_preset() {
  local preset=$1 target=$2 folder=$root/build/$1 lock
  shift 2
  local configure=(cmake --preset "$preset" "$@")
  if ! mkdir -p -- "$folder" 2>/dev/null || [[ ! -w $folder ]]; then
    die "cannot build: $root/build is not writable (is the checkout read-only?)"
  fi
  # Packages put the tools into /usr/bin, whatever the caller's PATH is; ccache must have a folder.
  local PATH=$PATH:/usr/bin:/bin
  [[ -w ${HOME:-/} || -n ${CCACHE_DIR:-} ]] || local -x CCACHE_DIR=$root/build/ccache
  command -v cmake >/dev/null || die "cannot build: there is no cmake"
  command -v ninja >/dev/null || die "cannot build: there is no ninja"

  exec {lock}>"$root/build/.lock"
  flock "$lock"
  if [[ $target == all ]] || ! up_to_date "$preset"; then
    # A checkout that was moved or copied carries a cache with the old path in it.
    if [[ -f $folder/CMakeCache.txt ]] &&
      ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$folder/CMakeCache.txt"; then
      configure+=(--fresh)
    fi
    local what="building $preset"
    [[ -e $folder/CMakeCache.txt ]] || what="building $preset, which takes minutes the first time"
    rm -f -- "$folder/.built"
    # The time before the build: what is edited meanwhile must be built next time.
    touch -- "$folder/.begun"
    quietly "configuring $preset" percent_unknown in_root "${configure[@]}"
    quietly "$what" percent_of_ninja in_root cmake --build "$folder" --target "$target" \
      --parallel "$(nproc)"
    mv -- "$folder/.begun" "$folder/.built"
  fi
  exec {lock}>&-
}

in_root() { (cd -- "$root" && "$@"); }
