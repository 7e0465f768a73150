#include "ipucnn/completion.h"

namespace ipucnn {
namespace {

// The formatter takes what stands inside for C++.
// clang-format off
constexpr std::string_view kBash = R"sh(# Bash completion of ipucnn: source <(ipucnn completion bash)
_ipucnn() {
  local -a whole=()
  local line=${COMP_LINE:0:COMP_POINT} i word
  # Bash splits words at = : and @ as well; what stands together is one word of ours.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if ((i == 0)) || [[ $line == [[:blank:]]* ]]; then whole+=("$word"); else whole[-1]+=$word; fi
    line=${line#"${line%%[![:blank:]]*}"}
    line=${line:${#word}}
  done
  mapfile -t COMPREPLY < <("${1/#\~\//$HOME/}" completion words -- "${whole[@]:1}" 2>/dev/null)
  local last=$((${#COMPREPLY[@]} - 1)) current=${COMP_WORDS[COMP_CWORD]}
  if ((last >= 0)) && [[ ${COMPREPLY[last]} == '#files' ]]; then
    unset 'COMPREPLY[last]'
    compopt -o default
  fi
  if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *[=:] ]]; then compopt -o nospace; fi
  # Only what stands behind the last of them is replaced.
  [[ $current != [=:@] ]] || current=
  local before=${whole[-1]%"$current"}
  COMPREPLY=("${COMPREPLY[@]#"$before"}")
}
complete -F _ipucnn ipucnn
)sh";

constexpr std::string_view kZsh = R"sh(#compdef ipucnn
# Zsh completion of ipucnn: source <(ipucnn completion zsh), or a file _ipucnn in a folder of $fpath
_ipucnn() {
  local -a found
  found=(${(f)"$(${~words[1]} completion words -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})
  local files=0
  if [[ ${found[-1]-} == '#files' ]]; then
    found[-1]=()
    files=1
  fi
  compadd -S '' -- ${(M)found:#*[=:]}
  compadd -- ${found:#*[=:]}
  if (( files )); then
    compset -P '--*='
    _files
  fi
}
if [[ ${funcstack[1]-} == _ipucnn ]]; then
  _ipucnn "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _ipucnn ipucnn
fi
)sh";

constexpr std::string_view kFish = R"sh(# Fish completion of ipucnn: ipucnn completion fish | source
function __ipucnn_words
  set -l before (commandline -opc)
  set -l found ($before[1] completion words -- $before[2..] (commandline -ct) 2>/dev/null)
  if test "$found[-1]" = '#files'
    set -e found[-1]
    set -l option (string match -r -- '^--[^=]*=' (commandline -ct))
    set -a found "$option"(__fish_complete_path (string replace -- "$option" '' (commandline -ct)))
  end
  for word in $found
    echo $word
  end
end
complete -c ipucnn -f -a '(__ipucnn_words)'
)sh";
// clang-format on

}  // namespace

std::string_view completion_script(std::string_view shell) {
  if (shell == "bash") return kBash;
  if (shell == "zsh") return kZsh;
  if (shell == "fish") return kFish;
  return {};
}

}  // namespace ipucnn
