// What a script sees of a value: Python's int() and float() for words, PyYAML's types for files.
#include <string>

#include "base/text.h"
#include "ipucnn/python_numbers.h"
#include "ipucnn/resolve.h"
#include "resolve/preset_words.h"

namespace ipucnn {
namespace {

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

/// "1/4" is a quarter; a plain number is itself.
std::optional<TypedScalar> fraction_value(std::string_view word) {
  const std::size_t slash = word.find('/');
  const auto above = resolving::python_float(word.substr(0, slash));
  const auto below =
      slash == word.npos ? std::optional(1.0) : resolving::python_float(word.substr(slash + 1));
  if (!above || !below || *below == 0) return std::nullopt;
  TypedScalar out = text_value(std::string(word));
  out.type = ScalarType::Float;
  out.real = *above / *below;
  return out;
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
      const auto value = resolving::python_int(word);
      if (!value) return std::nullopt;
      out.type = ScalarType::Int;
      out.integer = *value;
      return out;
    }
    case OptionType::Float: {
      const auto value = resolving::python_float(word);
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
    case OptionType::Fraction:
      return fraction_value(word);
    case OptionType::YamlMap:
    case OptionType::Str:
    case OptionType::Untyped:
      break;
  }
  return out;
}

bool is_true(const TypedScalar& value) {
  switch (value.type) {
    case ScalarType::Null:
      return false;
    case ScalarType::Bool:
      return value.boolean;
    case ScalarType::Int:
      return value.integer != 0;
    case ScalarType::Float:
      return value.real != 0;
    case ScalarType::String:
      break;
  }
  return !value.text.empty();
}

std::optional<TypedScalar> script_value(const Scalar& scalar, const OptionSpec& option,
                                        const Origin& origin) {
  if (from_words(origin) && scalar.type == ScalarType::String)
    return convert_word(scalar.text, option.type);
  const bool is_usual =
      origin.kind == OriginKind::AppDefault || origin.kind == OriginKind::LateDefault;
  if (option.preset_as_words && option.type != OptionType::Switch && !is_usual &&
      scalar.type != ScalarType::Null)
    return convert_word(resolving::word_of(scalar), option.type);
  // argparse converts a text default through the option's type, and leaves list items alone.
  if (scalar.type == ScalarType::String && !option.is_list && option.type != OptionType::Switch)
    return convert_word(scalar.text, option.type);
  return yaml_value(scalar);
}

}  // namespace ipucnn
