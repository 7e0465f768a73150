// The one table of test words: what conditions can ask of a value.
#include "load/test_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ipucnn {
namespace load {
namespace {

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

constexpr NumberWord kNumberWords[] = {
    {TestWord::Min, "min", [](double v, double l) { return v >= l; }, "is below {}", "at least {}",
     nullptr, "of at least {}"},
    {TestWord::Max, "max", [](double v, double l) { return v <= l; }, "is above {}", "at most {}",
     nullptr, "of at most {}"},
    {TestWord::Above, "above", [](double v, double l) { return v > l; }, "is not above {}",
     "more than {}", nullptr, "above {}"},
    {TestWord::Below,
     "below",
     [](double v, double l) { return v < l; },
     "is not below {}",
     {},
     below_limit,
     "below {}"},
    {TestWord::MultipleOf,
     "multiple_of",
     is_multiple,
     "is not a multiple of {}",
     {},
     multiples_around,
     {}},
    {TestWord::Divides,
     "divides",
     [](double v, double l) { return is_multiple(l, v); },
     "does not divide {}",
     {},
     divisors_around,
     {}},
    {TestWord::PowerOfTwo,
     "power_of_two",
     [](double v, double) { return is_power_of_two(v); },
     "is not a power of two",
     {},
     [](double v, double) { return powers_around(v, 1); },
     {}},
    {TestWord::PowerOfTwoTimes,
     "power_of_two_times",
     [](double v, double l) { return l > 0 && is_power_of_two(v / l); },
     "is not {} times a power of two",
     {},
     powers_around,
     {}},
};

static_assert([] {
  for (std::size_t i = 0; i < std::size(kNumberWords); ++i)
    if (static_cast<std::size_t>(kNumberWords[i].kind) !=
        static_cast<std::size_t>(TestWord::Min) + i)
      return false;
  return true;
}());

/// Every other word.
struct ValueWord {
  TestWord kind;
  std::string_view name;
  Operand operand;
};
constexpr ValueWord kValueWords[] = {
    {TestWord::Is, "is", Operand::Values},
    {TestWord::Set, "set", Operand::Flag},
    {TestWord::Given, "given", Operand::Flag},
    {TestWord::Yaml, "yaml", Operand::Flag},
    {TestWord::Count, "count", Operand::Numeric},
    {TestWord::Contains, "contains", Operand::Texts},
    {TestWord::Each, "each", Operand::Numeric},
    {TestWord::WithoutGaps, "without_gaps", Operand::Flag},
    {TestWord::Has, "has", Operand::Texts},
    {TestWord::HasAny, "has_any", Operand::Texts},
    {TestWord::HasOne, "has_one", Operand::Texts},
    {TestWord::Only, "only", Operand::Texts},
    {TestWord::Entry, "entry", Operand::Entries},
    {TestWord::Whole, "whole", Operand::Flag},
    {TestWord::NumberOr, "number_or", Operand::Values},
};

}  // namespace

const NumberWord* number_word(TestWord kind) {
  if (kind < TestWord::Min || kind > TestWord::PowerOfTwoTimes) return nullptr;
  return kNumberWords + (static_cast<std::size_t>(kind) - static_cast<std::size_t>(TestWord::Min));
}

TestWord find_test_word(std::string_view name) {
  for (const ValueWord& word : kValueWords)
    if (word.name == name) return word.kind;
  for (const NumberWord& word : kNumberWords)
    if (word.name == name) return word.kind;
  return TestWord::Unknown;
}

std::string number_text(double value) { return fmt::format("{}", value); }

std::optional<double> limit_of(const AppTable& table, const WordRecord& word, FactSource& facts) {
  if (word.kind == TestWord::PowerOfTwo) return 1.0;
  if (word.has_limit) return word.limit;
  if (!word.bound.node) return std::nullopt;
  const Fact& fact = facts.find({table.text(word.bound.node), word.bound.number});
  return fact.refused ? std::nullopt : fact.number;
}

Holds numbers_hold(const AppTable& table, RecordRange words, double value, FactSource& facts) {
  Holds all = Holds::Yes;
  for (const WordRecord& word : table.words.subspan(words.first, words.count)) {
    const NumberWord* known = number_word(word.kind);
    const auto limit = known != nullptr ? limit_of(table, word, facts) : std::nullopt;
    if (limit && !known->holds(value, *limit)) return Holds::No;
    if (!limit) all = Holds::Unknown;
  }
  return all;
}

std::optional<double> first_unfit(const AppTable& table, RecordRange words, const Fact& fact,
                                  FactSource& facts) {
  for (const double value : fact.numbers)
    if (numbers_hold(table, words, value, facts) == Holds::No) return value;
  return std::nullopt;
}

}  // namespace load

const std::vector<TestWordSpec>& test_words() {
  static const std::vector<TestWordSpec> kAll = [] {
    std::vector<TestWordSpec> all;
    for (const load::ValueWord& word : load::kValueWords) all.push_back({word.name, word.operand});
    for (const load::NumberWord& word : load::kNumberWords)
      all.push_back(
          {word.name, word.kind == TestWord::PowerOfTwo ? Operand::Flag : Operand::Bound});
    return all;
  }();
  return kAll;
}

}  // namespace ipucnn
