#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/catalog.h"

namespace ipucnn {

/// What may stand behind a key; file_schema.def says what each is and what its detail means.
enum class FieldKind : std::uint8_t {
  Text,
  Number,
  Real,
  Percent,
  Flag,
  Duration,
  Quantity,
  DnsName,
  Image,
  List,
  Words,
  Pair,
  TextMap,
  WordsMap,
  Values,
  Axes,
  Ids,
  Name,
  Targets,
  Entry,
  Entries,
  Groups,
};

/// Later: the key is known and judged, and nothing goes by it yet.
enum class FieldUse : std::uint8_t { Now, Later };

/// One key that a mapping of our files may have.
struct Field {
  std::string_view shape;  ///< the mapping it belongs to; "launch" for a launch setting
  std::string_view key;
  FieldKind kind;
  std::string_view detail;
  FieldUse use;
  std::string_view about;

  /// The words that it takes; empty: any.
  std::vector<std::string_view> words() const;
  /// Smallest and largest number that it takes.
  struct Range {
    std::int64_t least;
    std::int64_t most;
  };
  Range range() const;
};

/// Keys of a shape in the table's order; empty for a shape that is not there.
std::vector<Field> fields_of(std::string_view shape);
/// Absent when the shape has no such key.
std::optional<Field> find_field(std::string_view shape, std::string_view key);
/// The shape of a section's entries; empty for those that are no fixed mapping (presets) or have a
/// reader of their own (applications).
std::string_view shape_of(Section section);

/// Why a single value is none for the field, as the end of "KEY needs ..."; empty when it is one.
/// Of fields that hold more than one value, each single one. null is taken by all.
std::string refusal(const Field& field, std::string_view text, ScalarType type);

/// Holds a file of ours to the shapes: Y009 for a key that nothing reads, Y005 for a value of the
/// wrong form, Y010 for a word that stands for nothing, K070 for a number
/// out of its range. False when it added an error. `catalog`
/// holds what a key that stands at the wrong level may be.
bool check_file_schema(const Catalog& catalog, const Tree& tree, Diagnostics& out);

/// The same of the value of one key.
bool check_field(const Catalog& catalog, const Field& field, Node value, Diagnostics& out);

/// Which kinds of entries have a name that is none of a preset: "'pod64' is a target"; else empty.
std::string kinds_named(const Catalog& catalog, std::string_view name);

/// Judges what a file's entries say of each other and of other entries: names of targets, sites,
/// profiles, jobs, applications, presets, purposes, options and findings that are not there, and
/// figures of one entry that do not fit each other (K071). All files have to be in the catalog.
/// Jobs and presets are held to their applications when they are resolved.
void check_entries(const Catalog& catalog, SourceId file, Diagnostics& out);

/// 3 and 3% as 0.03; absent when it is neither, or below 0.
std::optional<double> parse_percent(std::string_view text);

/// Seconds of 90, 90s, 15m or 1h30m; absent when it is none of these.
std::optional<std::int64_t> parse_duration(std::string_view text);
/// The same of a value; a whole number is seconds.
std::optional<std::int64_t> duration_of(Node node);

}  // namespace ipucnn
