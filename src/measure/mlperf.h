#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "measure/extract.h"

namespace ipucnn::measuring {

inline constexpr std::string_view kMlperfMark = ":::MLLOG ";

/// An event of MLPerf's log of which a figure is made.
struct MlperfEvent {
  enum class Kind : std::uint8_t { Start, Stop, Accuracy, Seed };
  Kind kind = Kind::Start;
  std::optional<double> milliseconds{};  ///< of run_start and run_stop; absent: not readable
  bool success = false;                  ///< of run_stop
  Extracted value{};                     ///< of eval_accuracy and seed; `printed` is empty
  std::optional<double> epoch{};         ///< of eval_accuracy
};

/// Of the JSON behind the mark; absent for other events. What is cut off or no number is an event
/// whose value is not readable.
std::optional<MlperfEvent> read_mlperf(std::string_view json);

}  // namespace ipucnn::measuring
