#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ipucnn/condition.h"

namespace ipucnn::load {

/// A word that compares a number with a bound.
struct NumberWord {
  TestWord kind;
  std::string_view name;
  bool (*holds)(double value, double limit);
  std::string_view failure;  ///< of the limit's text
  std::string_view legal;    ///< of the limit; empty: `nearest` tells
  std::string (*nearest)(double value, double limit);
  std::string_view wanted;  ///< behind a name; empty: the name alone
};

/// Null for a word that compares no number.
const NumberWord* number_word(TestWord kind);

/// The word of that name; Unknown for none.
TestWord find_test_word(std::string_view name);

std::string number_text(double value);

/// The limit of a word: a number, or that of a fact; absent where it is not known.
std::optional<double> limit_of(const AppTable& table, const WordRecord& word, FactSource& facts);

/// Whether a number meets all these words.
Holds numbers_hold(const AppTable& table, RecordRange words, double value, FactSource& facts);

/// The first number of a list that fails a word; absent when none does.
std::optional<double> first_unfit(const AppTable& table, RecordRange words, const Fact& fact,
                                  FactSource& facts);

}  // namespace ipucnn::load
