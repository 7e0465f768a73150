#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/check.h"

namespace ipucnn::checking {

/// What a rule may know of one name: an option of the application by its key, or a figure by its
/// words (figures.h).
struct Fact {
  /// Unknown: something we do not see fills it in, or the script has no such option.
  enum class State : std::uint8_t { Absent, Known, Unknown };
  State state = State::Absent;
  std::string text;              ///< as the user wrote it
  std::optional<double> number;  ///< of a value that the script takes for a number
  std::vector<double> numbers;   ///< those of a list
  bool unset = false;            ///< nobody sets the option, whatever fills it in
  bool whole = false;            ///< that number has type int there
  bool in_yaml = false;          ///< typed by a YAML file rather than taken from a word
  bool is_switch = false;        ///< text is then "true" or "false"
  bool given = false;  ///< set by somebody who can change it: no default, no shipped preset
  Value value;         ///< of an option
  Origin origin;

  bool known() const { return state == State::Known; }
};

/// Looks names up, each once. Sees what the plan will hold: values that the launcher requires win.
class RuleFacts {
 public:
  explicit RuleFacts(const CheckInput& in);
  RuleFacts(const RuleFacts&) = delete;
  RuleFacts& operator=(const RuleFacts&) = delete;

  const CheckInput& input() const { return in_; }

  /// The fact of this name; state Absent when nothing sets it, Unknown for a name that is neither
  /// an option of the script nor a figure that can be computed.
  const Fact& find(std::string_view name);

  /// The number of a known fact.
  std::optional<double> number(std::string_view name) { return find(name).number; }
  std::optional<std::int64_t> whole(std::string_view name);
  /// Truth of a switch; false when it is not known.
  bool is_on(std::string_view name);

  /// Where a finding about these names points: at the first that somebody set, else at the preset.
  Span place(std::initializer_list<std::string_view> names);

 private:
  Fact option_fact(std::string_view key, const OptionSpec& option) const;
  Fact look_up(std::string_view name);
  bool is_given(const Origin& origin) const;

  const CheckInput& in_;
  Effective effective_;
  Node launcher_needs_;
  std::map<std::string, Fact, std::less<>> known_;
};

/// Whether the application reads no data folder, the descriptor's `no_data_with`: a switch that is
/// on, or a condition that holds.
bool needs_no_data(const CheckInput& in);

/// True when somebody, a preset included, set the value.
bool is_set(const Origin& origin);

}  // namespace ipucnn::checking
