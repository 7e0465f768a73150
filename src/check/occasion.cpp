#include "ipucnn/occasion.h"

#include <cstddef>

namespace ipucnn {
namespace {

enum class Counts : std::uint8_t {
  No,
  AsItIs,
  Raised,   ///< a warning is an error
  NoNotes,  ///< but for notes
};

using enum Counts;

/// Rows by FindingClass, columns by Occasion.
constexpr Counts kTable[][6] = {
    // Files  DryRun  Start   Rehearsal Solve    Import
    {AsItIs, AsItIs, AsItIs, AsItIs, NoNotes, AsItIs},  // Always
    {No, AsItIs, Raised, No, No, No},                   // Start
    {No, AsItIs, AsItIs, AsItIs, No, AsItIs},           // WholeJob
    {AsItIs, AsItIs, AsItIs, AsItIs, No, AsItIs},       // Figures
    {AsItIs, No, No, No, No, AsItIs},                   // Files
};

}  // namespace

std::optional<Severity> severity_on(Occasion occasion, FindingClass of, Severity own) {
  switch (kTable[static_cast<std::size_t>(of)][static_cast<std::size_t>(occasion)]) {
    case No:
      return std::nullopt;
    case NoNotes:
      return own == Severity::Note ? std::nullopt : std::optional(own);
    case Raised:
      return own == Severity::Warning ? Severity::Error : own;
    case AsItIs:
      break;
  }
  return own;
}

}  // namespace ipucnn
