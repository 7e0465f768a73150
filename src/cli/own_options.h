#pragma once

#include <CLI/Error.hpp>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "cli/split_argv.h"

// Options of ours as CLI11 has them. Its own headers are seen by own_options.cpp alone: they take
// long to compile, and each source that includes them sets their objects up once more at every
// start.
namespace ipucnn::cli {

inline constexpr std::int64_t kLargestOwnFigure = std::numeric_limits<std::int32_t>::max();

/// Whether the option takes a duration, alone or behind a phase.
bool is_duration(const OptionRow& row);

/// Hands the words to CLI11; figures are converted on the way. Throws CLI::ParseError for what is
/// wrong.
void parse_own_options(std::span<Given> given, const CommandRow& command);

/// What --help says of them, by CLI11's formatter, in groups when they fill a screen.
std::string own_options_help(const CommandRow& command);

}  // namespace ipucnn::cli
