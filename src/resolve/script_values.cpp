#include "ipucnn/script_values.h"

#include <fmt/format.h>

#include "base/text.h"
#include "ipucnn/numbers.h"

namespace ipucnn {
namespace {

std::string python_text(const TypedScalar& value) {
  switch (value.type) {
    case ScalarType::Null:
      return "None";
    case ScalarType::Bool:
      return value.boolean ? "True" : "False";
    case ScalarType::Int:
    case ScalarType::Float:
      return value.text;
    case ScalarType::String:
      break;
  }
  return "'" + value.text + "'";
}

}  // namespace

ScriptValues::ScriptValues(const AppSchema& schema, std::string_view script,
                           const Settings& settings)
    : schema_(schema), script_(script), settings_(settings), effective_(schema, script, settings) {}

std::optional<std::string> ScriptValues::value(std::string_view key) const {
  const auto setting = effective_.setting(key);
  const auto option = effective_.option(key);
  if (!setting || !option) return std::nullopt;
  const Scalar* scalar = setting->value.scalar();
  if (scalar == nullptr) return value_text(setting->value);
  const auto typed = script_value(*scalar, *option, setting->origin);
  if (!typed || typed->type == ScalarType::Null) return std::nullopt;
  return typed->text;
}

std::optional<std::int64_t> ScriptValues::figure(QuantityName quantity) const {
  const auto key = effective_.key_of(quantity);
  return key ? std::optional(parse_int64(value(*key).value_or("1")).value_or(1)) : std::nullopt;
}

std::int64_t ScriptValues::ipus_per_replica() const {
  const auto given =
      schema_.replica_spans_stages() ? std::nullopt : figure(QuantityName::IpusPerReplica);
  Diagnostics ignored;  // reported when the words were resolved
  return given ? *given
               : resolving::own_ipus_per_replica(effective_, settings_, ignored).value_or(1);
}

std::string_view ScriptValues::missing_option() const {
  for (const OptionSpec& option : schema_.required_options(script_, effective_.facts()))
    if (settings_.find(option.key) == nullptr) return option.flag;
  return {};
}

std::string ScriptValues::dictionary() const {
  std::string text;
  for (const OptionSpec& option : schema_.options(script_, effective_.facts())) {
    const auto setting = effective_.setting(option.key);
    std::string items;
    for (const Scalar& item : setting ? setting->value.items : std::vector<Scalar>{}) {
      const auto typed = script_value(item, option, setting->origin);
      items += (items.empty() ? "" : ", ") + (typed ? python_text(*typed) : item.text);
    }
    if (setting && setting->value.is_list) items = "[" + items + "]";
    text +=
        fmt::format("{}'{}': {}", text.empty() ? "" : ", ", option.key, setting ? items : "None");
  }
  return "{" + text + "}";
}

std::string ScriptValues::help() const {
  std::string text;
  for (const OptionSpec& option : schema_.options(script_, effective_.facts()))
    text += fmt::format("  {:<40} {}\n", option.flag, option.about.text());
  return text;
}

}  // namespace ipucnn
