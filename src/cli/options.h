#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/value_kind.h"

namespace ipucnn::cli {

/// Every option of ours.
enum class Option : std::uint8_t {
#define OPTION(id, name, value, commands, group, marks, help) id,
#include "cli/options.def"
};
inline constexpr std::size_t kOptionCount =
    std::initializer_list<Option>{
#define OPTION(id, name, value, commands, group, marks, help) Option::id,
#include "cli/options.def"
    }
        .size();

/// A short list of fixed words.
struct WordList {
  std::array<std::string_view, 6> list{};
  std::size_t size = 0;

  constexpr const std::string_view* begin() const { return list.data(); }
  constexpr const std::string_view* end() const { return list.data() + size; }
  bool contains(std::string_view word) const;
  std::vector<std::string_view> all() const { return {begin(), end()}; }
  std::string joined(std::string_view last) const;  ///< "a, b or c", for the last word " or "
};
template <class... Words>
constexpr WordList word_list(Words... of) {
  return {{std::string_view(of)...}, sizeof...(of)};
}

struct ValueSpec {
  ValueKind kind = ValueKind::None;
  std::string_view placeholder;
  WordList choices;
};
constexpr ValueSpec nothing() { return {}; }
constexpr ValueSpec takes(ValueKind kind, std::string_view placeholder) {
  return {kind, placeholder, {}};
}
constexpr ValueSpec whole_number() { return {ValueKind::Whole, "N", {}}; }
template <class... Words>
constexpr ValueSpec one_of(std::string_view placeholder, Words... of) {
  return {ValueKind::Choice, placeholder, word_list(of...)};
}

/// The parts of a long --help.
enum class HelpGroup : std::uint8_t { What, Machine, Written, Running, Program };
inline constexpr std::size_t kHelpGroups = 5;
std::string_view group_title(HelpGroup group);

// Marks of an option.
inline constexpr unsigned kRepeatable = 1;  ///< every value counts, and not the last alone
inline constexpr unsigned kSubject = 2;     ///< repeatable where a command takes several jobs
inline constexpr unsigned kVariable = 4;    ///< IPUCNN_NAME stands for it where it is not given
inline constexpr unsigned kNarrows = 8;     ///< `check` and `lock` look at a part of what there is
inline constexpr unsigned kAnswered = 16;   ///< for `solve` alone, or its answer takes the place
inline constexpr unsigned kKeepsPlan = 32;  ///< it cannot change what is planned

/// One row of options.def.
struct OptionRow {
  Option id;
  std::string_view name;  ///< without dashes
  ValueSpec value;
  std::string_view commands;
  HelpGroup group;
  unsigned marks;
  std::string_view help;

  bool is_switch() const { return value.kind == ValueKind::None; }
  bool is(unsigned mark) const { return (marks & mark) != 0; }
  bool belongs_to(char command) const {
    return commands == "*" || commands.find(command) != std::string_view::npos;
  }
  /// Whether other commands take the name for an option of the application.
  bool is_shared() const { return !commands.empty() && commands.back() == '!'; }
  std::string flag() const { return "--" + std::string(name); }
};

std::span<const OptionRow> option_rows();
const OptionRow& option_row(Option option);

enum class RelationKind : std::uint8_t { Needs, Excludes };
struct OptionRelation {
  char command;
  Option option;
  RelationKind kind;
  Option other;
};
std::span<const OptionRelation> option_relations();

// Marks of a command.
inline constexpr unsigned kTakesOverrides = 1;  ///< words that are not ours are the application's
inline constexpr unsigned kTakesOne = 2;        ///< one preset or job, and not several
inline constexpr unsigned kTakesFlag = 4;       ///< its positional word may be an option's flag
inline constexpr unsigned kTakesWords = 8;      ///< any words behind `--`

inline constexpr std::size_t kAnyNumber = 1000000;

/// One row of commands.def.
struct CommandRow {
  std::string_view name;
  char letter;  ///< what options.def calls it by
  std::string_view positionals;
  std::size_t most_words;
  WordList formats;  ///< what --format may name, the default first
  unsigned marks;
  std::string_view help;

  bool is(unsigned mark) const { return (marks & mark) != 0; }
};
std::span<const CommandRow> command_rows();
const CommandRow* find_command(std::string_view name);

/// The row of `--name`, in which an underscore stands for a hyphen, and that of the command where
/// it has one; null when it is not ours.
const OptionRow* find_option(std::string_view flag, const CommandRow* command = nullptr);

/// Whether several values of the option count.
bool takes_several(const OptionRow& option, const CommandRow& command);
/// What the option's value may be; empty: anything of its kind.
const WordList& choices_of(const OptionRow& option, const CommandRow& command);

}  // namespace ipucnn::cli
