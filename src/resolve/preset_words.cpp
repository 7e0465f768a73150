// Presets that are read as the words of a command line: their keys, their order and Python's str().
#include "resolve/preset_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "ipucnn/overrides.h"
#include "ipucnn/python_numbers.h"

namespace ipucnn::resolving {
namespace {

std::string float_word(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::string text = fmt::format("{}", value);
  return text.find_first_of(".en") == text.npos ? text + ".0" : text;
}

std::string word_of_node(Node node, bool exponents) {
  std::string out;
  if (node.is_map()) {
    node.each_pair([&](Node key, Node value) {
      out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", flow_text(key),
                         word_of_node(value, exponents));
    });
    return "{" + out + "}";
  }
  if (node.is_list()) {
    for (const Node item : node) out += (out.empty() ? "" : ", ") + word_of_node(item, exponents);
    return "[" + out + "]";
  }
  if (node.is_null()) return "None";
  if (exponents && node.is_plain() && is_exponent_number(node.text())) {
    const std::string word = float_word(python_float(node.text()).value_or(0));
    const std::size_t exponent = word.find('e');
    return exponent == word.npos || word.find('.') != word.npos
               ? word
               : word.substr(0, exponent) + ".0" + word.substr(exponent);
  }
  return flow_text(node);
}

/// By their records.
using WordsOfMaps = std::unordered_map<const NodeRecord*, std::string>;

}  // namespace

std::vector<std::string_view> named_by_key(const AppSchema& schema, std::string_view script,
                                           std::string_view key) {
  if (schema.option_number(key)) return {key};
  std::vector<std::string_view> found;
  for (const OptionSpec& option : schema.options(script, Facts()))
    if (option.flag.substr(0, 2) == "--" && option.flag.substr(2).starts_with(key))
      found.push_back(option.key);
  return found;
}

std::vector<std::uint32_t> winning_words(const AppSchema& schema,
                                         const std::vector<PresetEntry>& entries) {
  std::vector<std::uint32_t> first(schema.option_count(), kNone);  // by option
  std::vector<std::uint32_t> winners(entries.size(), kNone);
  for (std::uint32_t place = 0; place < entries.size(); ++place) {
    const std::uint32_t option = schema.table().option_number(entries[place].key.text());
    if (option == kNone) return {};
    if (first[option] == kNone) first[option] = place;
    winners[first[option]] = place;
  }
  return winners;
}

bool are_maps(const AppSchema& schema, std::string_view script,
              const std::vector<FactName>& options) {
  return std::all_of(options.begin(), options.end(), [&](const FactName& name) {
    const OptionSpec* option = schema.option(name, script, Facts());
    return option != nullptr && option->type == OptionType::YamlMap;
  });
}

bool takes_exponents(const AppSchema& schema) {
  const Node said = schema.field(AppField::PresetExponents);
  return said.is_scalar() && said.type() == ScalarType::Bool && yaml_bool(said.text());
}

std::string word_of(const Scalar& scalar) {
  switch (scalar.type) {
    case ScalarType::Null:
      return "None";
    case ScalarType::Bool:
      return yaml_bool(scalar.text) ? "True" : "False";
    case ScalarType::Int:
      if (const auto value = yaml_int(scalar.text)) return std::to_string(*value);
      break;
    case ScalarType::Float:
      if (const auto value = yaml_float(scalar.text)) return float_word(*value);
      break;
    case ScalarType::String:
      break;
  }
  return scalar.text;
}

bool looks_like_option(std::string_view word) {
  return word.size() > 1 && word.front() == '-' && word.find(' ') == word.npos &&
         !is_negative_number(word);
}

bool is_exponent_number(std::string_view text) {
  if (plain_scalar_type(text) != ScalarType::String) return false;
  const std::size_t digit = text.find_first_not_of("+-");
  if (digit == text.npos || digit > 1 || text[digit] < '0' || text[digit] > '9') return false;
  if (text.find_first_not_of("0123456789_.eE+-", digit) != text.npos) return false;
  return text.find_first_of("eE") != text.npos && python_float(text).has_value();
}

const std::string& word_of_map(const AppSchema& schema, Node map) {
  std::string& word = schema.memo().of<WordsOfMaps>()[map.record_at()];
  if (word.empty()) word = word_of_node(map, takes_exponents(schema));
  return word;
}

}  // namespace ipucnn::resolving
