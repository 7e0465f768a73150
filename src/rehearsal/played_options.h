#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ipucnn/rehearsal.h"
#include "rehearsal/schedule.h"

namespace ipucnn::rehearsing {

/// What a script's options say to whoever plays it. Figures and fields are those of the
/// descriptor's part for rehearsals, which names an option for each.
class PlayedOptions {
 protected:
  explicit PlayedOptions(const PlayedScript& script) : script_(script), parts_(script.parts) {}

  /// The value of the option of a figure; absent when none is named or it has none.
  std::optional<std::string> option_of(std::string_view figure) const;
  std::int64_t whole(std::string_view figure, std::int64_t otherwise) const;
  /// A number, or a fraction such as 1/4.
  double share_of(std::string_view figure, double otherwise) const;
  bool is_on(std::string_view figure) const;
  /// Whether the option that a field names says false.
  bool is_off(std::string_view field) const;
  /// A script of both kinds evaluates under a switch.
  bool evaluates() const;
  /// Samples in use; of an unknown data set as many as of the first one listed.
  std::int64_t samples(std::string_view of) const;
  TrainingLength length(std::int64_t global_batch) const;

  const PlayedScript& script_;
  Node parts_;
};

}  // namespace ipucnn::rehearsing
