#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/source.h"

namespace ipucnn {

/// What the scripts' YAML 1.1 reader makes of a scalar. Words of a command line are Strings.
enum class ScalarType : std::uint8_t { Null, Bool, Int, Float, String };

/// `text` is the user's spelling and what is emitted; `type` is how a script would see it.
struct Scalar {
  std::string text;
  ScalarType type = ScalarType::String;
  Span at;
};

/// One value of an option: a scalar or a list of scalars.
struct Value {
  std::vector<Scalar> items;
  bool is_list = false;
  Span at;

  /// The only scalar of a value that is no list. Null when there is none.
  const Scalar* scalar() const { return !is_list && items.size() == 1 ? items.data() : nullptr; }
};

/// The most that a figure may be that somebody gives. No job has as many, and the product of two of
/// them stays in 64 bits.
constexpr std::int64_t kLargestFigure = 2147483647;

constexpr bool is_figure(std::int64_t n) { return n >= 1 && n <= kLargestFigure; }

/// The layers that can set a value, weakest first (Derived stands for retargeting and arithmetic).
enum class OriginKind : std::uint8_t {
  AppDefault,
  LateDefault,
  Preset,
  InheritedPreset,
  Purpose,
  Derived,
  Placeholder,  ///< what a documented job has where everybody has to put something else
  DataDirVariable,
  Site,
  Profile,
  Job,
  Variable,
  CommandLine,
};

/// Whether a preset says it, itself or one that it inherits.
constexpr bool is_of_preset(OriginKind kind) {
  return kind == OriginKind::Preset || kind == OriginKind::InheritedPreset;
}

/// Lower-case words for people and JSON: "preset", "command line", ...
std::string_view origin_name(OriginKind kind);

/// Where a value comes from.
struct Origin {
  OriginKind kind = OriginKind::AppDefault;
  Span at;
  /// Names the preset, profile, site, relation or variable. It stands in a file of the catalog or
  /// in the program itself, so that an origin may outlive the step that made it.
  std::string_view by;
};

}  // namespace ipucnn
