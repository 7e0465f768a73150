# shellcheck shell=bash disable=SC2154
# Sourced by scripts/ipucnn and scripts/test, after they have set
#   root          the checkout
#   show_output   yes: apt and the build write where the caller writes; no: only a failure is shown
# Everything that ends a command early ends it with status 2 and one line that says why.

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {
  say "$@"
  exit 2
}

# quietly WHAT COMMAND...: runs it without a terminal to ask questions at.
quietly() {
  local what=$1 log
  shift
  if [[ $show_output == yes ]]; then
    "$@" </dev/null || die "$what failed"
    return
  fi
  log=$(mktemp)
  if "$@" </dev/null >"$log" 2>&1; then
    rm -f -- "$log"
  else
    tail -n 40 -- "$log" >&2
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
      printf '    sudo %s\n' "${install[*]}" >&2
      die "packages are missing and only root may install them: run the line above, then try again"
    fi
    as_root=(sudo -n)
  fi
  say "installing ${missing[*]}"
  local apt_env=(env DEBIAN_FRONTEND=noninteractive)
  local patience=(-o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  quietly "apt-get update" "${as_root[@]}" "${apt_env[@]}" apt-get update -qq "${patience[@]}"
  quietly "apt-get install" "${as_root[@]}" "${apt_env[@]}" "${install[@]}" -qq "${patience[@]}"
}

# What the program is made from. A folder's own time changes when a file in it comes or goes.
program_inputs=("$root"/{CMakeLists.txt,CMakePresets.json,configs,include,src})

# True when PRESET's program is newer than everything it is made from.
up_to_date() {
  local stamp=$root/build/$1/.built
  [[ -x $root/build/$1/bin/ipucnn && -e $stamp &&
    -z $(find "${program_inputs[@]}" -newer "$stamp" -print -quit 2>/dev/null) ]]
}

# build_preset PRESET [TARGET]: configures and builds in build/PRESET, one caller at a time.
build_preset() {
  local preset=$1 target=${2:-all} folder=$root/build/$1 lock configure=(cmake --preset "$1")
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
    local hint=
    [[ -e $folder/CMakeCache.txt ]] || hint=" (the first time takes minutes)"
    say "building $preset in $folder$hint"
    rm -f -- "$folder/.built"
    # The time before the build: what is edited meanwhile must be built next time.
    touch -- "$folder/.begun"
    quietly "configuring" in_root "${configure[@]}"
    quietly "the build" in_root cmake --build "$folder" --target "$target" --parallel "$(nproc)"
    mv -- "$folder/.begun" "$folder/.built"
  fi
  exec {lock}>&-
}

in_root() { (cd -- "$root" && "$@"); }
