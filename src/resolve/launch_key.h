#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace ipucnn::resolving {

/// Words is one word or several, as the command of a program.
enum class LaunchKind : std::uint8_t { Text, Flag, Number, List, Words };

struct LaunchKey {
  std::string_view key;
  LaunchKind kind;
};

/// A key of launch_keys.def, or one of `spelling`; null for any other.
const LaunchKey* find_launch_key(std::string_view key);

/// Those of launch_keys.def.
std::vector<std::string_view> launch_key_names();

}  // namespace ipucnn::resolving
