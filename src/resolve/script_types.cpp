// What a script sees of a value: Python's int() and float() for words, PyYAML's types for files.
#include <charconv>
#include <limits>
#include <string>

#include "base/text.h"
#include "ipucnn/resolve.h"

namespace ipucnn {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view stripped(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\r\f\v";
  while (!text.empty() && kBlanks.find(text.front()) != kBlanks.npos) text.remove_prefix(1);
  while (!text.empty() && kBlanks.find(text.back()) != kBlanks.npos) text.remove_suffix(1);
  return text;
}

/// Python allows one underscore between two digits. Absent when one stands elsewhere.
std::optional<std::string> without_underscores(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      out += text[i];
      continue;
    }
    if (i == 0 || i + 1 == text.size() || !is_digit(text[i - 1]) || !is_digit(text[i + 1]))
      return std::nullopt;
  }
  return out;
}

std::optional<std::int64_t> python_int(std::string_view word) {
  const auto digits = without_underscores(stripped(word));
  return digits ? parse_int64(*digits) : std::nullopt;
}

std::optional<double> python_float(std::string_view word) {
  const auto cleaned = without_underscores(stripped(word));
  if (!cleaned) return std::nullopt;
  std::string text = to_lower(*cleaned);
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.erase(0, 1);
  if (text == "inf" || text == "infinity")
    return negative ? -std::numeric_limits<double>::infinity()
                    : std::numeric_limits<double>::infinity();
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (text.empty() || !(is_digit(text.front()) || text.front() == '.')) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range && text.find("e-") == std::string::npos)
    value = std::numeric_limits<double>::infinity();
  return negative ? -value : value;
}

TypedScalar text_value(std::string text) {
  TypedScalar out;
  out.text = std::move(text);
  return out;
}

TypedScalar bool_value(bool value) {
  TypedScalar out;
  out.type = ScalarType::Bool;
  out.boolean = value;
  out.text = value ? "true" : "false";
  return out;
}

/// A scalar of a YAML file whose option does not convert it.
std::optional<TypedScalar> yaml_value(const Scalar& scalar) {
  TypedScalar out = text_value(scalar.text);
  out.type = scalar.type;
  switch (scalar.type) {
    case ScalarType::Bool:
      return bool_value(yaml_bool(scalar.text));
    case ScalarType::Int: {
      const auto value = yaml_int(scalar.text);
      if (!value) return std::nullopt;
      out.integer = *value;
      return out;
    }
    case ScalarType::Float: {
      const auto value = yaml_float(scalar.text);
      if (!value) return std::nullopt;
      out.real = *value;
      return out;
    }
    case ScalarType::Null:
    case ScalarType::String:
      break;
  }
  return out;
}

/// As such scripts' own converters have it.
std::optional<TypedScalar> word_value(std::string_view word) {
  const std::string lower = to_lower(word);
  for (const std::string_view yes : {"true", "yes", "y", "t", "on", "1"})
    if (lower == yes) return bool_value(true);
  for (const std::string_view no : {"false", "no", "n", "f", "off", "0"})
    if (lower == no) return bool_value(false);
  return std::nullopt;
}

bool from_words(const Origin& origin) {
  return origin.kind == OriginKind::CommandLine || origin.kind == OriginKind::DataDirVariable ||
         origin.kind == OriginKind::Variable;
}

}  // namespace

std::optional<TypedScalar> convert_word(std::string_view word, OptionType type) {
  TypedScalar out = text_value(std::string(word));
  switch (type) {
    case OptionType::Int: {
      const auto value = python_int(word);
      if (!value) return std::nullopt;
      out.type = ScalarType::Int;
      out.integer = *value;
      return out;
    }
    case OptionType::Float: {
      const auto value = python_float(word);
      if (!value) return std::nullopt;
      out.type = ScalarType::Float;
      out.real = *value;
      return out;
    }
    case OptionType::StrLower:
      return text_value(to_lower(word));
    case OptionType::StrUpper:
      return text_value(to_upper(word));
    case OptionType::PythonBool:
      return bool_value(!word.empty());
    case OptionType::Switch:
      return bool_value(word == "true");
    case OptionType::BoolWord:
      return word_value(word);
    case OptionType::YamlMap:
    case OptionType::Str:
    case OptionType::Untyped:
      break;
  }
  return out;
}

std::optional<TypedScalar> script_value(const Scalar& scalar, const OptionSpec& option,
                                        const Origin& origin) {
  if (from_words(origin) && scalar.type == ScalarType::String)
    return convert_word(scalar.text, option.type);
  // argparse converts a text default through the option's type, and leaves list items alone.
  if (scalar.type == ScalarType::String && !option.is_list && option.type != OptionType::Switch)
    return convert_word(scalar.text, option.type);
  return yaml_value(scalar);
}

}  // namespace ipucnn
