#pragma once

#include <cstdint>
#include <string_view>

namespace ipucnn::resolving {

/// How a word of a launcher's line is written; see launch_words.def.
enum class WordKind : std::uint8_t {
  Verbosity,
  Hosts,
  Slots,
  Text,
  YesNo,
  Flag,
  Tag,
  Count,
  Domains,
  Mca,
  Forward,
  MpiGlobal,
  MpiLocal,
  Repeated,
  Words,
};

/// One option of a launcher and the launch setting or figure behind it.
struct LaunchWord {
  std::string_view launcher;
  WordKind kind;
  std::string_view option;
  std::string_view source;
};
inline constexpr LaunchWord kLaunchWords[] = {
#define WORD(launcher, kind, option, source) {#launcher, WordKind::kind, option, #source},
#include "ipucnn/launch_words.def"
#undef WORD
};

}  // namespace ipucnn::resolving
