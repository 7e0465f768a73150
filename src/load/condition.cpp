// Conditions of descriptors: one grammar, one evaluator, one table of test words.
#include "ipucnn/condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/text.h"

namespace ipucnn {
namespace {

std::string number_text(double value) { return fmt::format("{}", value); }

/// A bound is a number, or the name of an option or figure.
std::optional<double> bound(Node node, FactSource& facts) {
  if (!node.is_scalar()) return std::nullopt;
  if (node.type() == ScalarType::Int) {
    const auto value = yaml_int(node.text());
    return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
  }
  if (node.type() == ScalarType::Float) return yaml_float(node.text());
  const Fact& fact = facts.find(node.text());
  return fact.refused ? std::nullopt : fact.number;
}

/// "78", or "78 (updates per epoch)".
std::string bound_text(Node node, FactSource& facts) {
  const auto value = bound(node, facts);
  if (!value) return std::string(node.text());
  if (node.type() == ScalarType::String)
    return fmt::format("{} ({})", number_text(*value), node.text());
  return number_text(*value);
}

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

bool equals(Node wanted, const Fact& fact) {
  if (wanted.is_null()) return !fact.known();
  if (!fact.known()) return false;
  if (fact.is_switch && wanted.type() == ScalarType::Bool)
    return (fact.text == "true") == yaml_bool(wanted.text());
  if (fact.number) {
    const auto number = number_of(wanted.text(), wanted.type());
    return (number && *number == *fact.number) || wanted.text() == fact.text;
  }
  return same_to_scripts(wanted, fact.text, ScalarType::String);
}

Holds from(bool holds) { return holds ? Holds::Yes : Holds::No; }

Holds equals_one(Node wanted, const Fact& fact) {
  if (fact.state == Fact::State::Unknown) return Holds::Unknown;
  if (wanted.is_scalar()) return from(equals(wanted, fact));
  for (const Node item : wanted)
    if (equals(item, fact)) return Holds::Yes;
  return Holds::No;
}

std::string list_text(Node values, std::string_view last) {
  std::vector<std::string> words;
  if (values.is_scalar()) return std::string(values.text());
  for (const Node value : values)
    words.emplace_back(value.is_null() ? "nothing" : std::string(value.text()));
  if (words.size() < 2) return join(words, "");
  const std::string tail = words.back();
  words.pop_back();
  return fmt::format("{} {} {}", join(words, ", "), last, tail);
}

bool is_multiple(double value, double of) { return of != 0 && std::fmod(value, of) == 0; }

bool is_power_of_two(double value) {
  int exponent = 0;
  return value >= 1 && std::frexp(value, &exponent) == 0.5;
}

std::string powers_around(double value, double unit) {
  if (value < unit) return number_text(unit);
  const double below = unit * std::exp2(std::floor(std::log2(value / unit)));
  return fmt::format("{} or {}", number_text(below), number_text(2 * below));
}

std::string multiples_around(double value, double of) {
  const double below = std::floor(value / of) * of;
  return below > 0 ? fmt::format("{} or {}", number_text(below), number_text(below + of))
                   : number_text(of);
}

std::string below_limit(double, double limit) {
  return std::isinf(limit) ? "a finite number" : fmt::format("less than {}", number_text(limit));
}

/// The divisors of a number that are nearest to a value.
std::string divisors_around(double value, double number) {
  constexpr double kMost = 1099511627776;  // 2^40: all divisors are found by 2^20 divisions
  if (number < 1 || number > kMost || number != std::floor(number)) return {};
  double below = 0;
  double above = 0;
  const auto consider = [&](double divisor) {
    if (divisor <= value)
      below = std::max(below, divisor);
    else if (above == 0 || divisor < above)
      above = divisor;
  };
  for (double small = 1; small * small <= number; ++small) {
    if (std::fmod(number, small) != 0) continue;
    consider(small);
    consider(number / small);
  }
  if (below == 0) return number_text(above);
  return above == 0 ? number_text(below)
                    : fmt::format("{} or {}", number_text(below), number_text(above));
}

/// A word that compares a number with a bound.
struct NumberWord {
  std::string_view name;
  bool (*holds)(double value, double limit);
  std::string_view failure;  ///< of the limit's text
  std::string_view legal;    ///< of the limit; empty: `nearest` tells
  std::string (*nearest)(double value, double limit);
  std::string_view wanted;  ///< behind a name; empty: the name alone
};
constexpr NumberWord kNumberWords[] = {
    {"min", [](double v, double l) { return v >= l; }, "is below {}", "at least {}", nullptr,
     "of at least {}"},
    {"max", [](double v, double l) { return v <= l; }, "is above {}", "at most {}", nullptr,
     "of at most {}"},
    {"above", [](double v, double l) { return v > l; }, "is not above {}", "more than {}", nullptr,
     "above {}"},
    {"below",
     [](double v, double l) { return v < l; },
     "is not below {}",
     {},
     below_limit,
     "below {}"},
    {"multiple_of", is_multiple, "is not a multiple of {}", {}, multiples_around, {}},
    {"divides",
     [](double v, double l) { return is_multiple(l, v); },
     "does not divide {}",
     {},
     divisors_around,
     {}},
    {"power_of_two",
     [](double v, double) { return is_power_of_two(v); },
     "is not a power of two",
     {},
     [](double v, double) { return powers_around(v, 1); },
     {}},
    {"power_of_two_times",
     [](double v, double l) { return l > 0 && is_power_of_two(v / l); },
     "is not {} times a power of two",
     {},
     powers_around,
     {}},
};

const NumberWord* find_number_word(std::string_view name) {
  for (const NumberWord& word : kNumberWords)
    if (word.name == name) return &word;
  return nullptr;
}

std::optional<double> limit_of(const NumberWord& word, Node node, FactSource& facts) {
  return word.name == "power_of_two" ? std::optional(1.0) : bound(node, facts);
}

Holds number_holds(const NumberWord& word, double value, Node node, FactSource& facts) {
  const auto limit = limit_of(word, node, facts);
  return limit ? from(word.holds(value, *limit)) : Holds::Unknown;
}

/// All words of a mapping, for one number.
Holds numbers_hold(double value, Node test, FactSource& facts) {
  Holds all = Holds::Yes;
  test.each_pair([&](Node name, Node node) {
    const NumberWord* word = find_number_word(name.text());
    const Holds one = word == nullptr ? Holds::Unknown : number_holds(*word, value, node, facts);
    if (one != Holds::Yes && all != Holds::No) all = one;
  });
  return all;
}

/// The first number of a list that fails a word of the test.
std::optional<double> first_unfit(const Fact& fact, Node test, FactSource& facts) {
  for (const double value : fact.numbers)
    if (numbers_hold(value, test, facts) == Holds::No) return value;
  return std::nullopt;
}

/// Set, given, yaml: unknown where something unseen fills the option in.
Holds state_holds(const Fact& fact, bool holds, Node wanted) {
  if (fact.state == Fact::State::Unknown && !fact.unset) return Holds::Unknown;
  return from((fact.known() && !fact.unset && holds) == yaml_bool(wanted.text()));
}

/// Every other word.
struct ValueWord {
  std::string_view name;
  Operand operand;
  Holds (*holds)(const Fact& fact, Node node, FactSource& facts);
  std::string (*failure)(const Fact& fact, Node node, FactSource& facts);
  std::string (*legal)(Node node);
};
constexpr ValueWord kValueWords[] = {
    {"is", Operand::Values,
     [](const Fact& fact, Node node, FactSource&) { return equals_one(node, fact); },
     [](const Fact&, Node node, FactSource&) { return "is not " + list_text(node, "or"); },
     [](Node node) { return list_text(node, "or"); }},
    {"set", Operand::Flag,
     [](const Fact& fact, Node node, FactSource&) {
       return state_holds(fact, !fact.text.empty(), node);
     },
     nullptr, nullptr},
    {"given", Operand::Flag,
     [](const Fact& fact, Node node, FactSource&) { return state_holds(fact, fact.given, node); },
     nullptr, nullptr},
    {"yaml", Operand::Flag,
     [](const Fact& fact, Node node, FactSource&) { return state_holds(fact, fact.in_yaml, node); },
     nullptr, nullptr},
    {"count", Operand::Numeric,
     [](const Fact& fact, Node node, FactSource& facts) {
       if (fact.state == Fact::State::Unknown) return Holds::Unknown;
       return numbers_hold(static_cast<double>(fact.known() ? fact.count : 0), node, facts);
     },
     nullptr, nullptr},
    {"contains", Operand::Texts,
     [](const Fact& fact, Node node, FactSource&) {
       if (!fact.known()) return Holds::Unknown;
       const std::string text = to_lower(fact.text);
       if (node.is_scalar()) return from(text.find(node.text()) != std::string::npos);
       for (const Node word : node)
         if (text.find(word.text()) != std::string::npos) return Holds::Yes;
       return Holds::No;
     },
     [](const Fact&, Node node, FactSource&) {
       return "does not contain " + list_text(node, "or");
     },
     [](Node node) { return "a name that contains " + list_text(node, "or"); }},
    {"each", Operand::Numeric,
     [](const Fact& fact, Node node, FactSource& facts) {
       if (!fact.known()) return Holds::Unknown;
       return from(!first_unfit(fact, node, facts));
     },
     [](const Fact& fact, Node node, FactSource& facts) {
       return "holds " + number_text(first_unfit(fact, node, facts).value_or(0));
     },
     nullptr},
    {"whole", Operand::Flag,
     [](const Fact& fact, Node node, FactSource&) {
       return fact.known() ? from(fact.to_int == yaml_bool(node.text())) : Holds::Unknown;
     },
     [](const Fact&, Node, FactSource&) { return std::string("is not a whole number"); },
     [](Node) { return std::string("a whole number"); }},
    {"number_or", Operand::Values,
     [](const Fact& fact, Node node, FactSource&) {
       if (!fact.known()) return Holds::Unknown;
       if (fact.to_int) return Holds::Yes;
       return node.is_scalar() ? from(to_lower(fact.text) == to_lower(node.text()))
                               : equals_one(node, fact);
     },
     [](const Fact&, Node node, FactSource&) {
       return "is neither a number nor " + list_text(node, "or");
     },
     [](Node node) { return "a number or " + list_text(node, "or"); }},
};

const ValueWord* find_value_word(std::string_view name) {
  for (const ValueWord& word : kValueWords)
    if (word.name == name) return &word;
  return nullptr;
}

Holds word_holds(std::string_view name, const Fact& fact, Node node, FactSource& facts) {
  if (const ValueWord* word = find_value_word(name)) return word->holds(fact, node, facts);
  const NumberWord* word = find_number_word(name);
  if (word == nullptr || !fact.known() || !fact.number) return Holds::Unknown;
  return number_holds(*word, *fact.number, node, facts);
}

/// The test word of a mapping that fails; absent nodes when none does.
FailedTest failed_word(std::string_view name, Node test, FactSource& facts) {
  FailedTest failed;
  const Fact& fact = facts.find(name);
  test.each_pair([&](Node word, Node node) {
    if (!failed.name && word_holds(word.text(), fact, node, facts) == Holds::No)
      failed = {word, node};
  });
  return failed;
}

}  // namespace

bool same_to_scripts(Node wanted, std::string_view text, ScalarType type) {
  if (wanted.is_null() || type == ScalarType::Null)
    return wanted.is_null() && type == ScalarType::Null;
  if (wanted.type() == ScalarType::Bool && type == ScalarType::Bool)
    return yaml_bool(wanted.text()) == yaml_bool(text);
  if (wanted.text() == text) return true;
  const bool numeric = wanted.type() == ScalarType::Int || wanted.type() == ScalarType::Float;
  const bool number_too = type == ScalarType::Int || type == ScalarType::Float;
  if (!numeric && !number_too) return false;
  const auto left = number_of(wanted.text(), wanted.type());
  return left && left == number_of(text, type);
}

Holds test_holds(std::string_view name, Node test, FactSource& facts) {
  const Fact& fact = facts.find(name);
  if (!test.is_map()) return equals_one(test, fact);
  Holds all = Holds::Yes;
  test.each_pair([&](Node word, Node node) {
    const Holds one = word_holds(word.text(), fact, node, facts);
    if (one == Holds::No || (one == Holds::Unknown && all == Holds::Yes)) all = one;
  });
  return all;
}

Holds all_hold(Node condition, FactSource& facts) {
  Holds all = Holds::Yes;
  condition.each_pair([&](Node name, Node test) {
    const Holds one = test_holds(name.text(), test, facts);
    if (one == Holds::No || (one == Holds::Unknown && all == Holds::Yes)) all = one;
  });
  return all;
}

FailedTest first_failure(Node condition, FactSource& facts) {
  FailedTest failed;
  condition.each_pair([&](Node name, Node test) {
    if (!failed.name && test_holds(name.text(), test, facts) == Holds::No) failed = {name, test};
  });
  return failed;
}

std::string wanted(std::string_view name, Node test, FactSource& facts) {
  const Fact& fact = facts.find(name);
  if (!test.is_map()) {
    if (fact.is_switch && test.is_scalar())
      return fmt::format("{}{}", name, yaml_bool(test.text()) ? "" : " off");
    return fmt::format("{} {}", name, list_text(test, "or"));
  }
  const FailedTest failed = failed_word(name, test, facts);
  if (!failed.name) return std::string(name);
  if (failed.name.text() == "is") return fmt::format("{} {}", name, list_text(failed.test, "or"));
  const NumberWord* word = find_number_word(failed.name.text());
  if (word == nullptr || word->wanted.empty()) return std::string(name);
  return fmt::format("{} {}", name,
                     fmt::format(fmt::runtime(word->wanted), bound_text(failed.test, facts)));
}

std::string failure(std::string_view name, Node test, FactSource& facts) {
  if (!test.is_map()) return fmt::format("is not {}", list_text(test, "or"));
  const FailedTest failed = failed_word(name, test, facts);
  if (!failed.name) return "does not fit";
  const std::string limit = bound_text(failed.test, facts);
  if (failed.name.text() == "below" && limit == "inf") return "is not finite";
  if (const NumberWord* word = find_number_word(failed.name.text()))
    return fmt::format(fmt::runtime(word->failure), limit);
  const ValueWord* word = find_value_word(failed.name.text());
  return word != nullptr && word->failure != nullptr
             ? word->failure(facts.find(name), failed.test, facts)
             : "does not fit";
}

std::string legal_values(std::string_view name, Node test, FactSource& facts) {
  if (!test.is_map()) return list_text(test, "or");
  const FailedTest failed = failed_word(name, test, facts);
  if (!failed.name) return {};
  const ValueWord* value_word = find_value_word(failed.name.text());
  if (value_word != nullptr)
    return value_word->legal != nullptr ? value_word->legal(failed.test) : std::string();
  const NumberWord* word = find_number_word(failed.name.text());
  const Fact& fact = facts.find(name);
  const auto limit = word != nullptr ? limit_of(*word, failed.test, facts) : std::nullopt;
  if (!limit || !fact.number) return {};
  if (word->nearest != nullptr) return word->nearest(*fact.number, *limit);
  return fmt::format(fmt::runtime(word->legal), number_text(*limit));
}

std::string state_text(std::string_view name, FactSource& facts) {
  const Fact& fact = facts.find(name);
  if (fact.is_switch && fact.text != "true") return "it is off";
  if (!fact.known() || fact.text.empty()) return "it is not set";
  return fact.is_switch ? "it is on" : fmt::format("it is {}", fact.text);
}

std::string with_value(std::string_view name, FactSource& facts) {
  const Fact& fact = facts.find(name);
  if (fact.is_switch || !fact.known()) return std::string(name);
  return fmt::format("{} {}", name, fact.text);
}

const std::vector<TestWordSpec>& test_words() {
  static const std::vector<TestWordSpec> kAll = [] {
    std::vector<TestWordSpec> all;
    for (const ValueWord& word : kValueWords) all.push_back({word.name, word.operand});
    for (const NumberWord& word : kNumberWords)
      all.push_back({word.name, word.name == "power_of_two" ? Operand::Flag : Operand::Bound});
    return all;
  }();
  return kAll;
}

}  // namespace ipucnn
