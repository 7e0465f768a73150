// Conditions of descriptors: one grammar, one evaluator. condition_text.cpp says what fails.
#include "ipucnn/condition.h"

#include <algorithm>
#include <forward_list>

#include "base/text.h"
#include "ipucnn/app_reader.h"
#include "load/test_words.h"

namespace ipucnn {
namespace {

using load::number_word;

Holds from(bool holds) { return holds ? Holds::Yes : Holds::No; }

/// The number that a text or a number of a file is to a script.
std::optional<double> number_of(std::string_view text, ScalarType type) {
  if (type == ScalarType::Int) {
    const auto value = yaml_int(text);
    return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
  }
  if (type == ScalarType::Float) return yaml_float(text);
  if (type != ScalarType::String) return std::nullopt;
  const auto value = parse_int64(text);
  return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

bool is_number(ScalarType type) { return type == ScalarType::Int || type == ScalarType::Float; }

/// Whether a scalar of a condition and a value are the same to a script: `no` and false, 2 and 0x2.
/// A number and a text are compared by what the text spells.
bool same_to_scripts(const AppTable& table, const ValueRecord& wanted, std::string_view text,
                     ScalarType type) {
  if (wanted.type == ScalarType::Null || type == ScalarType::Null) return wanted.type == type;
  if (wanted.type == ScalarType::Bool && type == ScalarType::Bool)
    return wanted.is_true == yaml_bool(text);
  if (table.text(wanted.node) == text) return true;
  if (!wanted.has_number || (!is_number(wanted.type) && !is_number(type))) return false;
  return number_of(text, type) == wanted.number;
}

bool equals(const AppTable& table, const ValueRecord& wanted, const Fact& fact) {
  if (wanted.type == ScalarType::Null) return !fact.known();
  if (!fact.known()) return false;
  if (fact.is_switch && wanted.type == ScalarType::Bool)
    return (fact.text == "true") == wanted.is_true;
  if (fact.number)
    return (wanted.has_number && wanted.number == *fact.number) ||
           table.text(wanted.node) == fact.text;
  return same_to_scripts(table, wanted, fact.text, ScalarType::String);
}

std::span<const ValueRecord> values_of(const AppTable& table, const WordRecord& word) {
  return table.values.subspan(word.values.first, word.values.count);
}

Holds equals_one(const AppTable& table, const WordRecord& word, const Fact& fact) {
  if (fact.state == Fact::State::Unknown) return Holds::Unknown;
  for (const ValueRecord& value : values_of(table, word))
    if (equals(table, value, fact)) return Holds::Yes;
  return Holds::No;
}

/// Set, given, yaml: unknown where something unseen fills the option in.
Holds state_holds(const Fact& fact, bool holds, bool wanted) {
  if (fact.state == Fact::State::Unknown && !fact.unset) return Holds::Unknown;
  return from((fact.known() && !fact.unset && holds) == wanted);
}

Holds contains(const AppTable& table, const WordRecord& word, const Fact& fact) {
  if (!fact.known()) return Holds::Unknown;
  const std::string text = to_lower(fact.text);
  for (const ValueRecord& value : values_of(table, word))
    if (text.find(table.text(value.node)) != std::string::npos) return Holds::Yes;
  return Holds::No;
}

/// The numbers from 0 to the highest are all there, as often as they like.
Holds without_gaps(const Fact& fact, bool wanted) {
  if (!fact.known()) return Holds::Unknown;
  std::vector<double> numbers = fact.numbers;
  std::sort(numbers.begin(), numbers.end());
  double next = 0;
  for (const double number : numbers) {
    if (number > next) return from(!wanted);
    if (number == next) ++next;
  }
  return from(wanted);
}

bool has_entry(const Fact& fact, std::string_view key) {
  return std::any_of(fact.entries.begin(), fact.entries.end(),
                     [&](const auto& entry) { return entry.first == key; });
}

/// How many of the keys that the test names the mapping has.
std::size_t entries_named(const AppTable& table, const WordRecord& word, const Fact& fact) {
  const auto keys = values_of(table, word);
  return static_cast<std::size_t>(
      std::count_if(keys.begin(), keys.end(),
                    [&](const ValueRecord& key) { return has_entry(fact, table.text(key.node)); }));
}

Holds keys_hold(const AppTable& table, const WordRecord& word, const Fact& fact) {
  if (!fact.known()) return Holds::Unknown;
  const std::size_t named = entries_named(table, word, fact);
  if (word.kind == TestWord::HasAny) return from(named > 0);
  if (word.kind == TestWord::HasOne) return from(named == 1);
  if (word.kind == TestWord::Only) return from(named == fact.entries.size());
  return from(named == word.values.count);
}

/// Each entry that the test names has one of its values; one that is not there has none.
Holds entries_hold(const AppTable& table, const WordRecord& word, const Fact& fact) {
  if (!fact.known()) return Holds::Unknown;
  bool all = true;
  table.node(word.operand).each_pair([&](Node key, Node values) {
    all = all && std::any_of(fact.entries.begin(), fact.entries.end(), [&](const auto& entry) {
            return entry.first == key.text() && values.contains(entry.second);
          });
  });
  return from(all);
}

Holds number_or(const AppTable& table, const WordRecord& word, const Fact& fact) {
  if (!fact.known()) return Holds::Unknown;
  if (fact.to_int) return Holds::Yes;
  const Node operand = table.node(word.operand);
  return operand.is_scalar() ? from(to_lower(fact.text) == to_lower(operand.text()))
                             : equals_one(table, word, fact);
}

Holds word_holds(const AppTable& table, const WordRecord& word, FactSource& facts) {
  const Fact& fact = facts.find({table.text(word.name.node), word.name.number});
  switch (word.kind) {
    case TestWord::Plain:
    case TestWord::Is:
      return equals_one(table, word, fact);
    case TestWord::Set:
      return state_holds(fact, !fact.text.empty(), word.flag);
    case TestWord::Given:
      return state_holds(fact, fact.given, word.flag);
    case TestWord::Yaml:
      return state_holds(fact, fact.in_yaml, word.flag);
    case TestWord::Count:
      if (fact.state == Fact::State::Unknown) return Holds::Unknown;
      return load::numbers_hold(table, word.numbers,
                                static_cast<double>(fact.known() ? fact.count : 0), facts);
    case TestWord::Contains:
      return contains(table, word, fact);
    case TestWord::Each:
      if (!fact.known()) return Holds::Unknown;
      return from(!load::first_unfit(table, word.numbers, fact, facts));
    case TestWord::WithoutGaps:
      return without_gaps(fact, word.flag);
    case TestWord::Has:
    case TestWord::HasAny:
    case TestWord::HasOne:
    case TestWord::Only:
      return keys_hold(table, word, fact);
    case TestWord::Entry:
      return entries_hold(table, word, fact);
    case TestWord::Whole:
      return fact.known() ? from(fact.to_int == word.flag) : Holds::Unknown;
    case TestWord::NumberOr:
      return number_or(table, word, fact);
    case TestWord::Unknown:
      return Holds::Unknown;
    default:
      break;
  }
  if (!fact.known() || !fact.number) return Holds::Unknown;
  const auto limit = load::limit_of(table, word, facts);
  return limit ? from(number_word(word.kind)->holds(*fact.number, *limit)) : Holds::Unknown;
}

/// Values of options as facts, for tests that are more than a comparison.
class ValueFacts final : public FactSource {
 public:
  explicit ValueFacts(const Facts& facts) : facts_(facts) {}

  const Fact& find(FactName name) override {
    Fact& fact = found_.emplace_front();
    const auto value = facts_(name);
    if (!value || value->type == ScalarType::Null) {
      fact.unset = true;
      return fact;
    }
    fact.state = Fact::State::Known;
    fact.count = 1;
    fact.is_switch = value->type == ScalarType::Bool;
    fact.text = fact.is_switch ? (yaml_bool(value->text) ? "true" : "false") : value->text;
    fact.whole = fact.to_int = value->type == ScalarType::Int;
    if (fact.whole)
      if (const auto number = yaml_int(value->text)) fact.number = static_cast<double>(*number);
    if (value->type == ScalarType::Float) fact.number = yaml_float(value->text);
    return fact;
  }

 private:
  const Facts& facts_;
  std::forward_list<Fact> found_;
};

bool value_fits(const AppTable& table, const WordRecord& word,
                const std::optional<FactValue>& value) {
  for (const ValueRecord& wanted : values_of(table, word)) {
    const bool absent = wanted.type == ScalarType::Null;
    if (absent || !value ? absent && !value
                         : same_to_scripts(table, wanted, value->text, value->type))
      return true;
  }
  return false;
}

}  // namespace

Holds all_hold(Condition condition, FactSource& facts) {
  Holds all = Holds::Yes;
  for (const WordRecord& word : condition.words()) {
    const Holds one = word_holds(condition.table(), word, facts);
    if (one == Holds::No) return Holds::No;
    if (one == Holds::Unknown) all = Holds::Unknown;
  }
  return all;
}

FailedTest first_failure(Condition condition, FactSource& facts) {
  for (const WordRecord& word : condition.words())
    if (word_holds(condition.table(), word, facts) == Holds::No) return {&condition.table(), &word};
  return {};
}

bool condition_holds(Condition condition, const Facts& facts) {
  for (const WordRecord& word : condition.words()) {
    const AppTable& table = condition.table();
    if (word.kind == TestWord::Plain) {
      if (!value_fits(table, word, facts({table.text(word.name.node), word.name.number})))
        return false;
      continue;
    }
    ValueFacts values(facts);
    if (word_holds(table, word, values) != Holds::Yes) return false;
  }
  return true;
}

bool condition_holds(Node condition, const Facts& facts) {
  if (!condition.is_map()) return true;
  const load::OneCondition read(condition);
  return condition_holds(read.get(), facts);
}

}  // namespace ipucnn
