// What a condition that fails is said to need.
#include <fmt/format.h>

#include <cmath>

#include "base/text.h"
#include "load/test_words.h"

namespace ipucnn {
namespace {

using load::number_text;
using load::number_word;
using load::NumberWord;

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

std::string list_text(const FailedTest& failed, std::string_view last) {
  return list_text(failed.table->node(failed.word->operand), last);
}

/// "name batch_norm or group_norm", of an entry of a mapping.
std::string entry_text(const FailedTest& failed) {
  std::string out;
  failed.table->node(failed.word->operand).each_pair([&](Node key, Node values) {
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", key.text(), list_text(values, "or"));
  });
  return out;
}

/// "78", or "78 (updates per epoch)".
std::string bound_text(const FailedTest& failed, FactSource& facts) {
  const Node node = failed.table->node(failed.word->operand);
  const auto value =
      node.is_scalar() ? load::limit_of(*failed.table, *failed.word, facts) : std::nullopt;
  if (!value) return std::string(node.text());
  if (node.type() == ScalarType::String)
    return fmt::format("{} ({})", number_text(*value), node.text());
  return number_text(*value);
}

}  // namespace

std::string wanted(const FailedTest& failed, FactSource& facts) {
  const std::string_view name = failed.name();
  if (failed.word->kind == TestWord::Plain) {
    const Node test = failed.table->node(failed.word->operand);
    if (facts.find(failed.name()).is_switch && test.is_scalar())
      return fmt::format("{}{}", name, yaml_bool(test.text()) ? "" : " off");
    return fmt::format("{} {}", name, list_text(test, "or"));
  }
  if (failed.word->kind == TestWord::Is) return fmt::format("{} {}", name, list_text(failed, "or"));
  const NumberWord* word = number_word(failed.word->kind);
  if (word == nullptr || word->wanted.empty()) return std::string(name);
  return fmt::format("{} {}", name,
                     fmt::format(fmt::runtime(word->wanted), bound_text(failed, facts)));
}

std::string failure(const FailedTest& failed, FactSource& facts) {
  switch (failed.word->kind) {
    case TestWord::Plain:
    case TestWord::Is:
      return "is not " + list_text(failed, "or");
    case TestWord::Contains:
      return "does not contain " + list_text(failed, "or");
    case TestWord::Each: {
      const Fact& fact = facts.find(failed.name());
      return "holds " +
             number_text(
                 load::first_unfit(*failed.table, failed.word->numbers, fact, facts).value_or(0));
    }
    case TestWord::WithoutGaps:
      return "leaves a number out";
    case TestWord::Has:
      return "lacks " + list_text(failed, "or");
    case TestWord::HasOne:
      return "needs one of " + list_text(failed, "and");
    case TestWord::Only:
      return "has more than " + list_text(failed, "and");
    case TestWord::Entry:
      return "has another " + entry_text(failed);
    case TestWord::Whole:
      return "is not a whole number";
    case TestWord::NumberOr:
      return "is neither a number nor " + list_text(failed, "or");
    default:
      break;
  }
  const NumberWord* word = number_word(failed.word->kind);
  if (word == nullptr) return "does not fit";
  const std::string limit = bound_text(failed, facts);
  if (word->kind == TestWord::Below && limit == "inf") return "is not finite";
  return fmt::format(fmt::runtime(word->failure), limit);
}

std::string legal_values(const FailedTest& failed, FactSource& facts) {
  switch (failed.word->kind) {
    case TestWord::Plain:
    case TestWord::Is:
      return list_text(failed, "or");
    case TestWord::Contains:
      return "a name that contains " + list_text(failed, "or");
    case TestWord::WithoutGaps:
      return "every number from 0 to the highest";
    case TestWord::Has:
      return "a mapping with " + list_text(failed, "and");
    case TestWord::HasOne:
      return "one of " + list_text(failed, "and");
    case TestWord::Only:
      return "no other entry than " + list_text(failed, "and");
    case TestWord::Entry:
      return entry_text(failed);
    case TestWord::Whole:
      return "a whole number";
    case TestWord::NumberOr:
      return "a number or " + list_text(failed, "or");
    default:
      break;
  }
  const NumberWord* word = number_word(failed.word->kind);
  if (word == nullptr) return {};
  const Fact& fact = facts.find(failed.name());
  const auto limit = load::limit_of(*failed.table, *failed.word, facts);
  if (!limit || !fact.number) return {};
  if (word->nearest != nullptr) return word->nearest(*fact.number, *limit);
  return fmt::format(fmt::runtime(word->legal), number_text(*limit));
}

std::string state_text(FactName name, FactSource& facts) {
  const Fact& fact = facts.find(name);
  if (fact.is_switch && fact.text != "true") return "it is off";
  if (!fact.known() || fact.text.empty()) return "it is not set";
  return fact.is_switch ? "it is on" : fmt::format("it is {}", fact.text);
}

std::string with_value(FactName name, FactSource& facts) {
  const Fact& fact = facts.find(name);
  if (fact.is_switch || !fact.known()) return std::string(name.text);
  return fmt::format("{} {}", name.text, fact.text);
}

}  // namespace ipucnn
