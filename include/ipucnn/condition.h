#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "ipucnn/app_table.h"
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
  /// Of a mapping in one word: its keys with their values, as they are spelled.
  std::vector<std::pair<std::string, std::string>> entries;

  bool known() const { return state == State::Known; }
};

/// A name that something is asked about, and its number where the descriptor's table has one
/// (app_table.h), which spares a look-up.
struct FactName {
  FactName() = default;
  // Most are written as a text.
  FactName(std::string_view name, std::uint32_t in_table = kNone) : text(name), number(in_table) {}
  FactName(const char* name) : text(name) {}
  FactName(const std::string& name) : text(name) {}
  operator std::string_view() const { return text; }
  friend bool operator==(FactName a, std::string_view b) { return a.text == b; }
  std::string_view text;
  std::uint32_t number = kNone;
};

/// Where a condition looks its names up.
class FactSource {
 public:
  /// Unknown for a name that means nothing there. Stays where it is as long as the source.
  virtual const Fact& find(FactName name) = 0;

 protected:
  ~FactSource() = default;
};

/// The effective value of an option (model, lr_schedule ...) as a condition sees it.
struct FactValue {
  // A text is a value: most facts are names.
  FactValue(std::string_view value, ScalarType kind = ScalarType::String)
      : text(value), type(kind) {}
  std::string_view text;  ///< as it was spelled
  ScalarType type;        ///< as the script sees it
};
/// Looks such values up; absent for an option that has none. A function of two words at most, held
/// as its bytes: many are made for a single look-up.
class Facts {
 public:
  /// No option has a value.
  Facts() : Facts([](FactName) { return std::optional<FactValue>(); }) {}
  // A function is what is meant by facts.
  template <typename Function>
  requires(!std::is_same_v<Function, Facts>) Facts(Function function) : call_(&call<Function>) {
    static_assert(sizeof(Function) <= sizeof(held_) && std::is_trivially_copyable_v<Function>);
    new (held_) Function(function);
  }

  std::optional<FactValue> operator()(FactName key) const { return call_(held_, key); }

 private:
  template <typename Function>
  static std::optional<FactValue> call(const void* held, FactName key) {
    return (*static_cast<const Function*>(held))(key);
  }

  alignas(void*) unsigned char held_[2 * sizeof(void*)] = {};
  std::optional<FactValue> (*call_)(const void* held, FactName key);
};

/// A condition of a descriptor, read. Without a table it holds always.
class Condition {
 public:
  Condition() = default;
  Condition(const AppTable* table, std::uint32_t number)
      : table_(number == kNone ? nullptr : table), number_(number) {}

  explicit operator bool() const { return table_ != nullptr; }
  const AppTable& table() const { return *table_; }
  std::span<const WordRecord> words() const {
    if (table_ == nullptr) return {};
    const RecordRange range = table_->conditions[number_].words;
    return table_->words.subspan(range.first, range.count);
  }

 private:
  const AppTable* table_ = nullptr;
  std::uint32_t number_ = kNone;
};

/// Unknown never makes a finding, and lets no option exist.
enum class Holds : std::uint8_t { No, Yes, Unknown };

/// All tests of a condition (docs/formats.md, Conditions).
Holds all_hold(Condition condition, FactSource& facts);

/// The first word of a condition that does not hold.
struct FailedTest {
  const AppTable* table = nullptr;
  const WordRecord* word = nullptr;
  explicit operator bool() const { return word != nullptr; }
  FactName name() const { return {table->text(word->name.node), word->name.number}; }
};
FailedTest first_failure(Condition condition, FactSource& facts);

/// A test as the object of "needs": "ckpts_per_epoch 1", "pipeline", "epoch of at least 4".
std::string wanted(const FailedTest& failed, FactSource& facts);

/// What a known value does wrong: "is above 192", "is not a power of two".
std::string failure(const FailedTest& failed, FactSource& facts);

/// Legal values for the help, the nearest ones where there are several: "at most 192", "4 or 8".
std::string legal_values(const FailedTest& failed, FactSource& facts);

/// The state of a name as a clause: "it is 0", "it is not set", "it is off".
std::string state_text(FactName name, FactSource& facts);

/// Name and value for a message: "shards 4", "pipeline".
std::string with_value(FactName name, FactSource& facts);

/// Whether a condition holds where only values of options are known; an option without value fits
/// only null.
bool condition_holds(Condition condition, const Facts& facts);
/// The same of one that no table holds. An absent one holds.
bool condition_holds(Node condition, const Facts& facts);

/// What a word of a test takes.
enum class Operand : std::uint8_t {
  Values,
  Texts,
  Flag,
  Bound,
  Numeric,
  Entries,  ///< keys of a mapping, each with the values that it may have
};

/// One word of a test mapping, as `min` in {min: 1}.
struct TestWordSpec {
  std::string_view name;
  Operand operand;
};
/// All of them.
const std::vector<TestWordSpec>& test_words();

}  // namespace ipucnn
