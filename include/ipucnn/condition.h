#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/tree.h"
#include "ipucnn/value.h"

namespace ipucnn {

/// What a condition may know of one name: an option of the application by its key, or a figure by
/// its words.
struct Fact {
  /// Unknown: something we do not see fills it in, or the script has no such option.
  enum class State : std::uint8_t { Absent, Known, Unknown };
  State state = State::Absent;
  bool unset = false;      ///< nobody sets the option, whatever fills it in
  bool whole = false;      ///< its number has type int there
  bool to_int = false;     ///< Python's int() takes it
  bool refused = false;    ///< a finding is made of it, so that no bound follows from it
  bool in_yaml = false;    ///< typed by a YAML file rather than taken from a word
  bool is_switch = false;  ///< text is then "true" or "false"
  bool given = false;      ///< set by somebody who can change it: no default, no shipped preset
  OriginKind kind = OriginKind::AppDefault;  ///< where the value comes from
  Span at;
  std::string text;              ///< as the user wrote it
  std::optional<double> number;  ///< of a value that the script takes for a number
  std::vector<double> numbers;   ///< those of a list
  std::size_t count = 0;         ///< scalars of an option's value

  bool known() const { return state == State::Known; }
};

/// Where a condition looks its names up.
class FactSource {
 public:
  /// Unknown for a name that means nothing there. Stays where it is as long as the source.
  virtual const Fact& find(std::string_view name) = 0;

 protected:
  ~FactSource() = default;
};

/// Unknown never makes a finding, and lets no option exist.
enum class Holds : std::uint8_t { No, Yes, Unknown };

/// One `NAME: TEST` of a descriptor (docs/formats.md, Conditions).
Holds test_holds(std::string_view name, Node test, FactSource& facts);

/// All tests of a mapping. An absent mapping holds.
Holds all_hold(Node condition, FactSource& facts);

/// The first test of the mapping that does not hold; absent nodes when there is none.
struct FailedTest {
  Node name;
  Node test;
};
FailedTest first_failure(Node condition, FactSource& facts);

/// A test as the object of "needs": "ckpts_per_epoch 1", "pipeline", "epoch of at least 4".
std::string wanted(std::string_view name, Node test, FactSource& facts);

/// What a known value does wrong: "is above 192", "is not a power of two".
std::string failure(std::string_view name, Node test, FactSource& facts);

/// Legal values for the help, the nearest ones where there are several: "at most 192", "4 or 8".
std::string legal_values(std::string_view name, Node test, FactSource& facts);

/// The state of a name as a clause: "it is 0", "it is not set", "it is off".
std::string state_text(std::string_view name, FactSource& facts);

/// Name and value for a message: "shards 4", "pipeline".
std::string with_value(std::string_view name, FactSource& facts);

/// Whether a scalar of a condition and a value are the same to a script: `no` and false, 2 and 0x2.
/// A number and a text are compared by what the text spells.
bool same_to_scripts(Node wanted, std::string_view text, ScalarType type);

/// What a word of a test takes.
enum class Operand : std::uint8_t { Values, Texts, Flag, Bound, Numeric };

/// One word of a test mapping, as `min` in {min: 1}.
struct TestWordSpec {
  std::string_view name;
  Operand operand;
};
/// All of them.
const std::vector<TestWordSpec>& test_words();

}  // namespace ipucnn
