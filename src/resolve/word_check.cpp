// One word of a command line under its option: type, choices and range, as argparse checks them.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/literal_dollar.h"
#include "base/suggest.h"
#include "ipucnn/overrides.h"
#include "ipucnn/python_numbers.h"
#include "ipucnn/yaml_text.h"

namespace ipucnn::resolving {
namespace {

std::string_view type_words(OptionType type) {
  switch (type) {
    case OptionType::Int:
      return "a whole number";
    case OptionType::Float:
      return "a number";
    case OptionType::Fraction:
      return "a number or a fraction such as 1/4";
    case OptionType::BoolWord:
      return "true or false";
    case OptionType::YamlMap:
      return "a YAML mapping such as {a: 1}";
    default:
      return "a text";
  }
}

/// Quotes that a text processor made curly.
bool has_printed_quote(std::string_view text) {
  for (const std::string_view quote : {"\u201c", "\u201d", "\u2018", "\u2019"})
    if (text.find(quote) != text.npos) return true;
  return false;
}

/// The parts of a word between commas.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    parts.push_back(text.substr(at, comma - at));
    at = comma + 1;
  }
  return parts;
}

/// One word under its option's type, choices and range.
class WordCheck {
 public:
  WordCheck(const OptionSpec& option, const Scalar& item, std::string_view shown, Diagnostics& out)
      : option_(option), item_(item), shown_(shown), out_(out) {}

  void run() {
    const auto typed = convert_word(item_.text, option_.type);
    if (!typed || (option_.type == OptionType::YamlMap && entries_of_word(item_.text) == nullptr))
      return refuse_type();
    if (!is_choice(*typed)) refuse_choice();
    check_range(*typed);
    check_parts();
  }

 private:
  void refuse_type() {
    if (option_.type == OptionType::Int && python_takes_int(item_.text))
      out_.add(
          FindingId::K012, item_.at,
          fmt::format("{} {} is beyond 64 bits, and nothing counts so far", shown_, item_.text));
    else
      out_.add(FindingId::K012, item_.at,
               fmt::format("{} needs {}, not '{}'", shown_, type_words(option_.type), item_.text))
          .help = has_printed_quote(item_.text)
                      ? "these quotes are print's, and a part of the value: write ' or \""
                      : "";
  }

  bool is_choice(const TypedScalar& typed) const {
    if (!option_.choices.is_list()) return true;
    return std::any_of(option_.choices.begin(), option_.choices.end(), [&](Node choice) {
      return choice.text() == typed.text ||
             (typed.type == ScalarType::Int && yaml_int(choice.text()) == typed.integer);
    });
  }

  void refuse_choice() {
    std::vector<std::string_view> names;
    for (const Node choice : option_.choices) names.push_back(choice.text());
    const auto near = nearest_names(item_.text, names, 1);
    Diagnostic& d = out_.add(FindingId::K013, item_.at,
                             fmt::format("'{}' is no choice of {}", item_.text, shown_));
    d.help = near.empty() ? "one of " + choice_list(option_.choices)
                          : fmt::format("did you mean '{}'? One of {}", near.front(),
                                        choice_list(option_.choices));
    if (const std::string_view certain = certain_name(item_.text, names); !certain.empty())
      d.fix.push_back(
          {item_.at, yaml_text(Scalar{std::string(certain), ScalarType::String, {}}), item_.text});
  }

  void check_range(const TypedScalar& typed) {
    if (!option_.range.is_list() || option_.range.size() != 2 || typed.type != ScalarType::Int)
      return;
    const auto low = yaml_int((*option_.range.begin()).text());
    const auto high = yaml_int((*++option_.range.begin()).text());
    if ((!low || typed.integer >= *low) && (!high || typed.integer <= *high)) return;
    out_.add(FindingId::K013, item_.at,
             fmt::format("{} is outside the range of {}", item_.text, shown_))
        .help = fmt::format("from {} to {}", low.value_or(0), high.value_or(0));
  }

  /// An empty word is no value at all to a script that asks whether there is one.
  void check_parts() {
    if (!option_.items || item_.text.empty()) return;
    for (const std::string_view part : parts_of(item_.text)) {
      if (convert_word(part, *option_.items)) continue;
      out_.add(FindingId::K012, item_.at,
               fmt::format("{} needs numbers with commas between them, not '{}'", shown_, part));
      return;
    }
  }

  const OptionSpec& option_;
  const Scalar& item_;
  std::string_view shown_;
  Diagnostics& out_;
};

/// A text that counts as true, whatever it says.
void check_written_switch(const Value& value, std::string_view key, Diagnostics& out) {
  const Scalar* scalar = value.scalar();
  if (scalar == nullptr || scalar->type != ScalarType::String || scalar->text.empty()) return;
  out.add(FindingId::K036, scalar->at,
          fmt::format("{} is the text '{}', which counts as true as any text does", key,
                      scalar->text))
      .help = "write true or false, without quotes";
}

/// Whether the value is written for the option whatever it holds.
bool is_free(OptionType type, const Scalar& scalar) {
  if (scalar.type == ScalarType::Null || holds_variable(scalar.text)) return true;
  if (type == OptionType::Float || type == OptionType::Fraction)
    return scalar.type == ScalarType::Float;
  return type == OptionType::BoolWord && scalar.type != ScalarType::String;
}

}  // namespace

void check_written_value(const OptionSpec& option, const Value& value, std::string_view key,
                         Diagnostics& out) {
  const bool is_number = option.type == OptionType::Int || option.type == OptionType::Float;
  const bool is_switch = option.type == OptionType::Switch || option.type == OptionType::PythonBool;
  if (value.is_list && !option.is_list && !option.items && (is_number || is_switch)) {
    out.add(FindingId::K038, value.at, fmt::format("{} is a list, and needs one value", key)).help =
        fmt::format("write one value for {}", key);
    return;
  }
  if (option.type == OptionType::Switch) return check_written_switch(value, key, out);
  if (is_switch || (value.is_list && !option.is_list)) return;
  Value words = value;
  std::erase_if(words.items, [&](const Scalar& item) { return is_free(option.type, item); });
  for (Scalar& item : words.items)
    if (item.type == ScalarType::Int)
      if (const auto number = yaml_int(item.text)) item.text = std::to_string(*number);
  check_words(option, words, key, out);
}

std::string choice_list(Node choices) {
  std::string out;
  for (const Node choice : choices) out += (out.empty() ? "" : ", ") + std::string(choice.text());
  return out;
}

void check_words(const OptionSpec& option, const Value& value, std::string_view shown,
                 Diagnostics& out) {
  for (const Scalar& item : value.items) WordCheck(option, item, shown, out).run();
}

}  // namespace ipucnn::resolving
