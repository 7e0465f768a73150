#pragma once

#include <cstdint>

namespace ipucnn {

/// What kind of word an option takes: how it is judged, and what completes it.
enum class ValueKind : std::uint8_t {
  None,    ///< it is a switch
  Text,    ///< any word
  Whole,   ///< a whole number from 1 on
  Count,   ///< a whole number from 0 on, or one of `choices`
  Part,    ///< below 1: 2%, 0.02
  Choice,  ///< one of `choices`
  Format,  ///< one of the command's formats
  Key,     ///< of configs.yml
  KeyValue,
  LaunchSetting,
  Finding,
  Duration,    ///< 90, 90s, 15m, 1h30m
  PhaseLimit,  ///< PHASE=DURATION
  RunName,     ///< by which commands find a run again
  File,
  Folder,
  Preset,
  Job,
  Application,
  Purpose,
  Target,
  Site,
  Profile,
};

}  // namespace ipucnn
