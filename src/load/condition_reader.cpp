// The grammar of conditions, from nodes to records.
#include "load/condition_reader.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "load/test_words.h"

namespace ipucnn::load {
namespace {

std::optional<double> number_of(Node scalar) {
  if (scalar.type() == ScalarType::Float) return yaml_float(scalar.text());
  const auto whole = scalar.type() == ScalarType::Int      ? yaml_int(scalar.text())
                     : scalar.type() == ScalarType::String ? parse_int64(scalar.text())
                                                           : std::nullopt;
  return whole ? std::optional(static_cast<double>(*whole)) : std::nullopt;
}

bool is_condition_key(std::string_view key) {
  constexpr std::string_view kKeys[] = {"when", "only_with", "needs", "excludes", "used_when"};
  return std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys);
}

}  // namespace

NodeRef ConditionReader::ref(Node node) {
  if (!node) return {};
  auto& trees = arena_.trees;
  const auto known = std::find(trees.begin(), trees.end(), node.tree());
  const auto number = static_cast<std::uint32_t>(known - trees.begin());
  if (known == trees.end()) trees.push_back(node.tree());
  if (number >= NodeRef::kMostTrees || node.use_index() >= NodeRef::kMostIndexes) {
    arena_.too_large = true;
    return {};
  }
  return NodeRef::to(number, node.use_index());
}

NameRecord ConditionReader::name(Node node) {
  if (!node.is_scalar() || node.is_null()) return {};
  return {ref(node), arena_.table().number_of(node.text())};
}

std::uint32_t ConditionReader::condition(Node node) {
  if (!node) return kNone;
  const auto [known, is_new] = known_.try_emplace(
      {node.tree(), node.use_index()}, static_cast<std::uint32_t>(arena_.conditions.size()));
  if (!is_new) return known->second;
  arena_.conditions.push_back({ref(node), {}});
  std::vector<WordRecord> words;
  node.each_pair([&](Node of, Node what) { test(of, what, words); });
  // Those that an operand holds stand before them.
  arena_.conditions[known->second].words = {static_cast<std::uint32_t>(arena_.words.size()),
                                            static_cast<std::uint32_t>(words.size())};
  arena_.words.insert(arena_.words.end(), words.begin(), words.end());
  return known->second;
}

void ConditionReader::test(Node of, Node what, std::vector<WordRecord>& words) {
  WordRecord record;
  record.name = {ref(of), arena_.table().number_of(of.text())};
  if (!what.is_map()) {
    record.kind = TestWord::Plain;
    record.operand = ref(what);
    record.values = values(what);
    words.push_back(record);
    return;
  }
  what.each_pair([&](Node word, Node operand) {
    WordRecord one = record;
    one.kind = find_test_word(word.text());
    one.word = ref(word);
    take_operand(operand, one);
    words.push_back(one);
  });
}

void ConditionReader::take_operand(Node operand, WordRecord& word) {
  word.operand = ref(operand);
  switch (word.kind) {
    case TestWord::Is:
    case TestWord::Contains:
    case TestWord::Has:
    case TestWord::HasAny:
    case TestWord::HasOne:
    case TestWord::Only:
    case TestWord::NumberOr:
      word.values = values(operand);
      return;
    case TestWord::Count:
    case TestWord::Each:
      word.numbers = numbers(operand);
      return;
    default:
      break;
  }
  if (!operand.is_scalar()) return;
  word.flag = operand.type() == ScalarType::Bool && yaml_bool(operand.text());
  if (operand.type() == ScalarType::Int || operand.type() == ScalarType::Float) {
    const auto limit = number_of(operand);
    word.has_limit = limit.has_value();
    word.limit = limit.value_or(0);
  } else {
    word.bound = {ref(operand), arena_.table().number_of(operand.text())};
  }
}

RecordRange ConditionReader::values(Node list) {
  RecordRange range{static_cast<std::uint32_t>(arena_.values.size()), 0};
  const auto add = [&](Node scalar) {
    if (!scalar.is_scalar()) return;
    const auto number = number_of(scalar);
    const bool is_true = scalar.type() == ScalarType::Bool && yaml_bool(scalar.text());
    arena_.values.push_back(
        {ref(scalar), scalar.type(), is_true, number.has_value(), number.value_or(0)});
    ++range.count;
  };
  if (list.is_list())
    for (const Node item : list) add(item);
  else
    add(list);
  return range;
}

RecordRange ConditionReader::numbers(Node map) {
  std::vector<WordRecord> words;
  map.each_pair([&](Node word, Node operand) {
    WordRecord one;
    one.kind = find_test_word(word.text());
    one.word = ref(word);
    // Only a number is compared here.
    if (number_word(one.kind) == nullptr) one.kind = TestWord::Unknown;
    take_operand(operand, one);
    words.push_back(one);
  });
  const RecordRange range{static_cast<std::uint32_t>(arena_.words.size()),
                          static_cast<std::uint32_t>(words.size())};
  arena_.words.insert(arena_.words.end(), words.begin(), words.end());
  return range;
}

void ConditionReader::all_below(Node node) {
  if (++visited_ > kMostNodes) return;
  node.each_pair([&](Node key, Node value) {
    if (value.is_map() && is_condition_key(key.text()))
      condition(value);
    else
      all_below(value);
  });
  if (!node.is_list()) return;
  for (const Node item : node) all_below(item);
}

OneCondition::OneCondition(Node condition) {
  ConditionReader(arena_).condition(condition);
  table_ = arena_.table();
}

}  // namespace ipucnn::load
