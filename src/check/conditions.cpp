#include "check/conditions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/text.h"
#include "ipucnn/numbers.h"

namespace ipucnn::checking {
namespace {

std::string number_text(double value) { return fmt::format("{}", value); }

/// A bound is a number, or the name of an option or figure.
std::optional<double> bound(Node node, RuleFacts& facts) {
  if (!node.is_scalar()) return std::nullopt;
  if (node.type() == ScalarType::Int) {
    const auto value = yaml_int(node.text());
    return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
  }
  if (node.type() == ScalarType::Float) return yaml_float(node.text());
  return facts.number(node.text());
}

/// "78", or "78, the updates per epoch".
std::string bound_text(Node node, RuleFacts& facts) {
  const auto value = bound(node, facts);
  if (!value) return std::string(node.text());
  if (node.type() == ScalarType::String)
    return fmt::format("{} ({})", number_text(*value), node.text());
  return number_text(*value);
}

bool equals(Node wanted, const Fact& fact) {
  if (wanted.is_null()) return !fact.known();
  if (!fact.known()) return false;
  if (wanted.type() == ScalarType::Bool && fact.is_switch)
    return (fact.text == "true") == yaml_bool(wanted.text());
  if (wanted.text() == fact.text) return true;
  if (!fact.number) return false;
  if (wanted.type() == ScalarType::Int)
    return static_cast<double>(yaml_int(wanted.text()).value_or(0)) == *fact.number;
  return wanted.type() == ScalarType::Float && yaml_float(wanted.text()) == fact.number;
}

Holds from(bool holds) { return holds ? Holds::Yes : Holds::No; }

Holds equals_one(Node wanted, const Fact& fact) {
  if (fact.state == Fact::State::Unknown) return Holds::Unknown;
  if (wanted.is_scalar()) return from(equals(wanted, fact));
  for (const Node item : wanted)
    if (equals(item, fact)) return Holds::Yes;
  return Holds::No;
}

bool is_multiple(double value, double of) { return of != 0 && std::fmod(value, of) == 0; }

bool is_power_of_two(double value) {
  int exponent = 0;
  return value >= 1 && std::frexp(value, &exponent) == 0.5;
}

/// One word of a test mapping, for a number.
Holds number_holds(std::string_view word, double value, Node node, RuleFacts& facts) {
  if (word == "power_of_two") return from(is_power_of_two(value));
  const auto limit = bound(node, facts);
  if (!limit) return Holds::Unknown;
  if (word == "min") return from(value >= *limit);
  if (word == "max") return from(value <= *limit);
  if (word == "above") return from(value > *limit);
  if (word == "below") return from(value < *limit);
  if (word == "multiple_of") return from(is_multiple(value, *limit));
  if (word == "divides") return from(is_multiple(*limit, value));
  if (word == "power_of_two_times") return from(*limit > 0 && is_power_of_two(value / *limit));
  return Holds::Unknown;
}

Holds count_holds(const Fact& fact, Node test, RuleFacts& facts) {
  if (fact.state == Fact::State::Unknown) return Holds::Unknown;
  const auto count = static_cast<double>(fact.known() ? fact.count : 0);
  Holds all = Holds::Yes;
  test.each_pair([&](Node word, Node node) {
    const Holds one = number_holds(word.text(), count, node, facts);
    if (one != Holds::Yes && all == Holds::Yes) all = one;
  });
  return all;
}

/// The first number of a list that fails a word of the test.
std::optional<double> first_unfit(const Fact& fact, Node test, RuleFacts& facts) {
  for (const double value : fact.numbers) {
    bool fails = false;
    test.each_pair([&](Node word, Node node) {
      fails = fails || number_holds(word.text(), value, node, facts) == Holds::No;
    });
    if (fails) return value;
  }
  return std::nullopt;
}

Holds each_holds(const Fact& fact, Node test, RuleFacts& facts) {
  if (!fact.known()) return Holds::Unknown;
  return first_unfit(fact, test, facts) ? Holds::No : Holds::Yes;
}

Holds contains_one(const Fact& fact, Node words) {
  if (!fact.known()) return Holds::Unknown;
  const std::string text = to_lower(fact.text);
  for (const Node word : words)
    if (text.find(word.text()) != std::string::npos) return Holds::Yes;
  return Holds::No;
}

Holds word_holds(std::string_view word, const Fact& fact, Node node, RuleFacts& facts) {
  if (word == "is") return equals_one(node, fact);
  if (word == "set" || word == "given" || word == "yaml") {
    if (fact.state == Fact::State::Unknown && !fact.unset) return Holds::Unknown;
    const bool is =
        fact.known() && !fact.unset &&
        (word == "set" ? !fact.text.empty() : (word == "given" ? fact.given : fact.in_yaml));
    return from(is == yaml_bool(node.text()));
  }
  if (word == "count") return count_holds(fact, node, facts);
  if (!fact.known()) return Holds::Unknown;
  if (word == "contains") return contains_one(fact, node);
  if (word == "each") return each_holds(fact, node, facts);
  if (word == "whole") return from(fact.whole);
  if (word == "number_or") return parse_int64(fact.text) ? Holds::Yes : equals_one(node, fact);
  if (!fact.number) return Holds::Unknown;
  return number_holds(word, *fact.number, node, facts);
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

/// The test word of a mapping that fails; absent nodes when none does.
FailedTest failed_word(std::string_view name, Node test, RuleFacts& facts) {
  FailedTest failed;
  const Fact& fact = facts.find(name);
  test.each_pair([&](Node word, Node node) {
    if (!failed.name && word_holds(word.text(), fact, node, facts) == Holds::No)
      failed = {word, node};
  });
  return failed;
}

std::string wanted_word(std::string_view word, Node node, RuleFacts& facts) {
  if (word == "min") return fmt::format("of at least {}", bound_text(node, facts));
  if (word == "max") return fmt::format("of at most {}", bound_text(node, facts));
  if (word == "above") return fmt::format("above {}", bound_text(node, facts));
  if (word == "below") return fmt::format("below {}", bound_text(node, facts));
  if (word == "is") return list_text(node, "or");
  return {};
}

}  // namespace

Holds test_holds(std::string_view name, Node test, RuleFacts& facts) {
  const Fact& fact = facts.find(name);
  if (!test.is_map()) return equals_one(test, fact);
  Holds all = Holds::Yes;
  test.each_pair([&](Node word, Node node) {
    const Holds one = word_holds(word.text(), fact, node, facts);
    if (one == Holds::No || (one == Holds::Unknown && all == Holds::Yes)) all = one;
  });
  return all;
}

Holds all_hold(Node condition, RuleFacts& facts) {
  Holds all = Holds::Yes;
  condition.each_pair([&](Node name, Node test) {
    const Holds one = test_holds(name.text(), test, facts);
    if (one == Holds::No || (one == Holds::Unknown && all == Holds::Yes)) all = one;
  });
  return all;
}

FailedTest first_failure(Node condition, RuleFacts& facts) {
  FailedTest failed;
  condition.each_pair([&](Node name, Node test) {
    if (!failed.name && test_holds(name.text(), test, facts) == Holds::No) failed = {name, test};
  });
  return failed;
}

std::string wanted(std::string_view name, Node test, RuleFacts& facts) {
  const Fact& fact = facts.find(name);
  if (!test.is_map()) {
    if (fact.is_switch && test.is_scalar())
      return fmt::format("{}{}", name, yaml_bool(test.text()) ? "" : " off");
    return fmt::format("{} {}", name, list_text(test, "or"));
  }
  std::string text(name);
  const FailedTest failed = failed_word(name, test, facts);
  const std::string more =
      failed.name ? wanted_word(failed.name.text(), failed.test, facts) : std::string();
  return more.empty() ? text : text + " " + more;
}

std::string failure(std::string_view name, Node test, RuleFacts& facts) {
  if (!test.is_map()) return fmt::format("is not {}", list_text(test, "or"));
  const FailedTest failed = failed_word(name, test, facts);
  if (!failed.name) return "does not fit";
  const std::string_view word = failed.name.text();
  const std::string limit = bound_text(failed.test, facts);
  if (word == "min") return fmt::format("is below {}", limit);
  if (word == "max") return fmt::format("is above {}", limit);
  if (word == "above") return fmt::format("is not above {}", limit);
  if (word == "below") return fmt::format("is not below {}", limit);
  if (word == "multiple_of") return fmt::format("is not a multiple of {}", limit);
  if (word == "divides") return fmt::format("does not divide {}", limit);
  if (word == "power_of_two") return "is not a power of two";
  if (word == "power_of_two_times") return fmt::format("is not {} times a power of two", limit);
  if (word == "whole") return "is not a whole number";
  if (word == "contains") return fmt::format("does not contain {}", list_text(failed.test, "or"));
  if (word == "is") return fmt::format("is not {}", list_text(failed.test, "or"));
  if (word == "number_or")
    return fmt::format("is neither a number nor {}", list_text(failed.test, "or"));
  if (word == "each")
    return fmt::format("holds {}", number_text(*first_unfit(facts.find(name), failed.test, facts)));
  return "does not fit";
}

std::string legal_values(std::string_view name, Node test, RuleFacts& facts) {
  if (!test.is_map()) return list_text(test, "or");
  const Fact& fact = facts.find(name);
  const FailedTest failed = failed_word(name, test, facts);
  if (!failed.name) return {};
  const std::string_view word = failed.name.text();
  if (word == "whole") return "a whole number";
  if (word == "contains") return "a name that contains " + list_text(failed.test, "or");
  if (word == "is") return list_text(failed.test, "or");
  if (word == "number_or") return fmt::format("a number or {}", list_text(failed.test, "or"));
  if (!fact.number) return {};
  const double value = *fact.number;
  const auto limit = bound(failed.test, facts);
  if (word == "power_of_two" || word == "power_of_two_times") {
    const double unit = word == "power_of_two" || !limit ? 1 : *limit;
    if (value < unit) return number_text(unit);
    const double below = unit * std::exp2(std::floor(std::log2(value / unit)));
    return fmt::format("{} or {}", number_text(below), number_text(2 * below));
  }
  if (!limit) return {};
  if (word == "min") return fmt::format("at least {}", number_text(*limit));
  if (word == "max") return fmt::format("at most {}", number_text(*limit));
  if (word == "above") return fmt::format("more than {}", number_text(*limit));
  if (word == "below") return fmt::format("less than {}", number_text(*limit));
  if (word == "multiple_of") {
    const double below = std::floor(value / *limit) * *limit;
    return below > 0 ? fmt::format("{} or {}", number_text(below), number_text(below + *limit))
                     : number_text(*limit);
  }
  if (word == "divides") {
    constexpr double kWhole = 9007199254740992;  // up to here every whole number is a double
    if (*limit < 1 || *limit > kWhole || *limit != std::floor(*limit)) return {};
    const auto fitting = resolving::divisors(static_cast<std::int64_t>(*limit));
    const auto above = std::upper_bound(fitting.begin(), fitting.end(), value);
    if (above == fitting.begin()) return fmt::format("{}", *above);
    return above == fitting.end() ? fmt::format("{}", *(above - 1))
                                  : fmt::format("{} or {}", *(above - 1), *above);
  }
  return {};
}

std::string state_text(std::string_view name, RuleFacts& facts) {
  const Fact& fact = facts.find(name);
  if (fact.is_switch && fact.text != "true") return "it is off";
  if (!fact.known() || fact.text.empty()) return "it is not set";
  return fact.is_switch ? "it is on" : fmt::format("it is {}", fact.text);
}

std::string with_value(std::string_view name, RuleFacts& facts) {
  const Fact& fact = facts.find(name);
  if (fact.is_switch || !fact.known()) return std::string(name);
  return fmt::format("{} {}", name, fact.text);
}

}  // namespace ipucnn::checking
