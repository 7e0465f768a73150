#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "ipucnn/resolve.h"

namespace ipucnn::resolving {

/// Numbers for names, so that Settings need not compare texts: a script can export hundreds of
/// variables to each of its commands.
class NameNumbers {
 public:
  NameNumbers();
  ~NameNumbers();
  NameNumbers(const NameNumbers&) = delete;
  NameNumbers& operator=(const NameNumbers&) = delete;

  /// The text lasts as long as this.
  std::uint32_t of(std::string_view name);

 private:
  std::unordered_map<std::string_view, std::size_t> known_;
};

/// resolve_launch() of a command that is like no other. `asks_more` is set where the values follow
/// from the application or this program as well.
std::optional<LaunchSettings> resolve_launch_anew(const ResolveInput& in, const Target& target,
                                                  bool& asks_more, Diagnostics& out);

}  // namespace ipucnn::resolving
