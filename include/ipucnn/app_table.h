#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "ipucnn/tree.h"

namespace ipucnn {

/// Stands for no record, node or name.
inline constexpr std::uint32_t kNone = 0xffffffff;

/// A node of a descriptor: the number of its tree in AppTable::trees, and its index there. In one
/// word, for the program holds tens of thousands of them.
struct NodeRef {
  static constexpr std::uint32_t kIndexBits = 24;
  static constexpr std::uint32_t kMostIndexes = 1U << kIndexBits;
  static constexpr std::uint32_t kMostTrees = (1U << (32U - kIndexBits)) - 1U;

  std::uint32_t packed = kNone;

  /// Both below the numbers above.
  static constexpr NodeRef to(std::uint32_t tree, std::uint32_t index) {
    return {tree << kIndexBits | index};
  }
  explicit operator bool() const { return packed != kNone; }
  std::uint32_t tree() const { return packed >> kIndexBits; }
  std::uint32_t index() const { return packed & (kMostIndexes - 1U); }
  bool operator==(const NodeRef&) const = default;
};

/// A run of records in one of the arrays.
struct RecordRange {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  bool operator==(const RecordRange&) const = default;
};

/// A name that a descriptor speaks of. Its number is that of an option of the application or, from
/// the number of options on, of a figure; kNone where it is neither.
struct NameRecord {
  NodeRef node;
  std::uint32_t number = kNone;
  bool operator==(const NameRecord&) const = default;
};

/// The words of a test. Plain: a value or a list without any word.
enum class TestWord : std::uint8_t {
  Plain,
  Is,
  Set,
  Given,
  Yaml,
  Count,
  Contains,
  Each,
  WithoutGaps,
  Has,
  HasAny,
  HasOne,
  Only,
  Entry,
  Whole,
  NumberOr,
  Min,
  Max,
  Above,
  Below,
  MultipleOf,
  Divides,
  PowerOfTwo,
  PowerOfTwoTimes,
  Unknown,
};

/// A scalar that a condition compares with.
struct ValueRecord {
  NodeRef node;
  ScalarType type = ScalarType::Null;
  bool is_true = false;     ///< of a boolean
  bool has_number = false;  ///< it is one, or a text that spells one
  double number = 0;
  bool operator==(const ValueRecord&) const = default;
};

/// One word of one test of a condition, `min: 1` in {epochs: {min: 1, max: 9}}.
struct WordRecord {
  NameRecord name;      ///< what is tested
  NodeRef word;         ///< none of a plain test
  NodeRef operand;      ///< what the word takes; of a plain test the test itself
  NameRecord bound;     ///< an option or figure that is the limit
  double limit = 0;     ///< the limit, where it is a number
  RecordRange values;   ///< in AppTable::values: scalars to compare with
  RecordRange numbers;  ///< in AppTable::words: what `count` and `each` ask of a number
  TestWord kind = TestWord::Unknown;
  bool flag = false;  ///< the operand, where it is true or false
  bool has_limit = false;
  bool operator==(const WordRecord&) const = default;
};

/// A mapping of names to tests, all of which have to hold: its words one by one.
struct ConditionRecord {
  NodeRef node;
  RecordRange words;
  bool operator==(const ConditionRecord&) const = default;
};

/// A value that holds under a condition, kNone for always.
struct CaseRecord {
  std::uint32_t when = kNone;
  NodeRef value;
  bool operator==(const CaseRecord&) const = default;
};

/// What an option is to some of its scripts: its entry, with one of its variants laid over it.
struct FormRecord {
  NodeRef flag;
  NodeRef short_flag;
  NodeRef off_flag;
  NodeRef alone;
  NodeRef default_value;
  NodeRef late_default;
  NodeRef choices;
  NodeRef range;
  NodeRef about;
  RecordRange late;                 ///< in AppTable::cases: the late default, where it is a list
  RecordRange scripts;              ///< of a variant, in AppTable::script_numbers
  std::uint32_t only_with = kNone;  ///< of a variant
  std::uint8_t type = 0;            ///< an OptionType, as the next
  std::uint8_t items = 0;
  bool has_items = false;
  bool has_scripts = false;  ///< false: whichever script
  bool is_list = false;
  bool may_be_empty = false;
  bool stores = true;
  bool required = false;
  bool zero_is_unset = false;
  bool operator==(const FormRecord&) const = default;
};

struct OptionRecord {
  NodeRef name;
  NodeRef body;
  RecordRange scripts;
  std::uint32_t only_with = kNone;
  RecordRange variants;       ///< in AppTable::forms
  std::uint32_t own = kNone;  ///< the form where no variant holds; kNone: it does not exist then
  bool has_scripts = false;
  bool operator==(const OptionRecord&) const = default;
};

/// One of `rules`.
struct RuleRecord {
  NodeRef node;
  NameRecord option;  ///< without node: none
  RecordRange scripts;
  std::uint32_t when = kNone;
  std::uint32_t needs = kNone;
  std::uint32_t excludes = kNone;
  std::uint32_t used_when = kNone;
  RecordRange needs_any;  ///< in AppTable::names
  RecordRange ended_by;   ///< in AppTable::names: switches that end the script before its part
  bool has_scripts = false;
  bool has_needs_any = false;
  bool operator==(const RuleRecord&) const = default;
};

/// What can be run. Quantities are bits, that of number 0 the lowest.
struct PurposeRecord {
  NodeRef name;
  NodeRef node;
  NodeRef script;
  NodeRef group;
  NodeRef directory;
  NodeRef program;
  std::uint32_t without = 0;
  std::uint32_t needs = 0;
  bool takes_preset = true;
  bool has_figures = true;
  bool operator==(const PurposeRecord&) const = default;
};

/// The fields of a descriptor that rules and arithmetic ask for.
enum class AppField : std::uint8_t {
#define APP_FIELD(id, ...) id,
#include "ipucnn/app_fields.def"
#undef APP_FIELD
};

/// A descriptor with all it extends, read once: plain records that refer to each other and to nodes
/// by number. The build tool writes those of the built-in applications as constants, and the same
/// reader fills an AppArena for what a user's file brings. Forms, cases, conditions, words, values,
/// names and script numbers are reached by the records that refer to them and not in turn: the
/// arrays of a built-in application hold those of the others as well.
struct AppTable {
  std::span<const NameRecord> fields;     ///< by AppField
  std::span<const OptionRecord> options;  ///< in the descriptor's order; what it extends first
  std::span<const FormRecord> forms;
  std::span<const CaseRecord> cases;
  std::span<const RuleRecord> rules;
  std::span<const PurposeRecord> purposes;
  std::span<const ConditionRecord> conditions;
  std::span<const WordRecord> words;
  std::span<const ValueRecord> values;
  std::span<const NameRecord> names;
  std::span<const NodeRef> scripts;  ///< names of scripts
  std::span<const std::uint32_t> script_numbers;
  std::span<const std::uint32_t> slots;     ///< by hash: number of an option + 1; 0 is free
  std::span<const std::uint32_t> required;  ///< options that can be required
  std::span<const std::uint32_t> by_place;  ///< conditions, by tree and index of their nodes
  std::span<const Tree* const> trees;
  bool presets_are_words = false;  ///< `preset_values: {as_words: true}`

  Node node(NodeRef at) const { return at ? Node(trees[at.tree()], at.index()) : Node(); }
  std::string_view text(NodeRef at) const { return node(at).text(); }
  /// Number of an option or figure by its name; kNone for any other.
  std::uint32_t number_of(std::string_view name) const;
  /// Number of the option of this key alone.
  std::uint32_t option_number(std::string_view key) const;
};

/// Hash of an option's key, as AppTable::slots has it: eight bytes at a time, the last eight again
/// where they fill no whole step.
inline std::uint32_t key_hash(std::string_view key) {
  constexpr std::size_t kStep = 8;
  std::uint64_t hash = key.size();
  const auto mix = [&](std::uint64_t bytes) {
    hash = (hash ^ bytes) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 32U;
  };
  const auto mix_step = [&](std::size_t from) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, key.data() + from, kStep);
    mix(bytes);
  };
  if (key.size() < kStep) {
    std::uint64_t bytes = 0;
    for (const char c : key) bytes = bytes << 8U | static_cast<unsigned char>(c);
    mix(bytes);
  } else {
    for (std::size_t from = 0; from + kStep < key.size(); from += kStep) mix_step(from);
    mix_step(key.size() - kStep);
  }
  return static_cast<std::uint32_t>(hash);
}

}  // namespace ipucnn
