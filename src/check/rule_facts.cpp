#include "check/rule_facts.h"

#include <cmath>
#include <limits>

#include "check/figures.h"
#include "check/layers.h"

namespace ipucnn::checking {
namespace {

/// Truth as Python sees it: a quoted "False" is a text that is not empty.
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

std::optional<double> number_of(const TypedScalar& value) {
  if (value.type == ScalarType::Int) return static_cast<double>(value.integer);
  if (value.type == ScalarType::Float) return value.real;
  return std::nullopt;
}

bool switched_on(const CheckInput& in, std::string_view key) {
  const Setting* set = in.settings.find(key);
  return set != nullptr && set->value.scalar() != nullptr &&
         set->value.scalar()->type == ScalarType::Bool && set->value.scalar()->text != "false" &&
         yaml_bool(set->value.scalar()->text);
}

}  // namespace

bool needs_no_data(const CheckInput& in) {
  const Node list = in.in.schema.node().find("no_data_with");
  if (!list.is_list()) return false;
  const Effective effective(in.in.schema, in.in.purpose.script, in.settings);
  for (const Node entry : list)
    if (entry.is_map() ? condition_holds(entry, effective.facts()) : switched_on(in, entry.text()))
      return true;
  return false;
}

bool is_set(OriginKind kind) {
  return kind != OriginKind::AppDefault && kind != OriginKind::LateDefault;
}

RuleFacts::RuleFacts(const CheckInput& in)
    : in_(in),
      effective_(in.in.schema, in.in.purpose.script, in.settings),
      known_(in.in.schema.option_entries().size() + figure_count()) {
  launcher_needs_ = in.in.purpose.node.find("under_" + std::string(in.geometry.launcher));
}

bool RuleFacts::is_given(OriginKind kind) const {
  if (kind > OriginKind::Derived) return true;
  return kind == OriginKind::Preset && in_.in.preset != nullptr &&
         in_.in.preset->layer != Layer::BuiltIn && !in_.in.preset->upstream;
}

std::optional<Setting> RuleFacts::needed_by_launcher(std::string_view key) const {
  const Node required = launcher_needs_.find(key);
  if (!required) return std::nullopt;
  Diagnostics ignored;  // the descriptor's own values are tested with the data
  auto value = to_value(required, key, ignored);
  if (!value) return std::nullopt;
  return Setting{std::string(key),
                 std::move(*value),
                 {OriginKind::Purpose, required.at(), std::string(in_.geometry.launcher)},
                 {}};
}

Fact RuleFacts::option_fact(const OptionSpec& option) const {
  Fact fact;
  fact.is_switch = option.type == OptionType::Switch || option.type == OptionType::PythonBool;
  std::optional<Setting> own = needed_by_launcher(option.key);
  const Setting* setting = own ? &*own : in_.settings.find(option.key);
  if (setting == nullptr && (own = effective_.setting(option))) setting = &*own;
  if (setting == nullptr) {
    fact.unset = true;
    const bool filled_by_the_script = option.late_default.is_scalar();
    fact.state = filled_by_the_script ? Fact::State::Unknown : Fact::State::Absent;
    if (fact.is_switch) {
      fact.state = Fact::State::Known;
      fact.text = "false";
    }
    return fact;
  }
  fact.kind = setting->origin.kind;
  fact.at = setting->origin.at;
  fact.given = is_given(fact.kind);
  fact.count = setting->value.items.size();
  fact.text = value_text(setting->value);
  fact.state = Fact::State::Known;
  const Scalar* scalar = setting->value.scalar();
  if (scalar == nullptr) {
    for (const Scalar& item : setting->value.items)
      if (const auto typed = script_value(item, option, setting->origin))
        if (const auto number = number_of(*typed)) fact.numbers.push_back(*number);
    return fact;
  }
  if (scalar->type == ScalarType::Null) {
    fact.state = Fact::State::Absent;
    return fact;
  }
  if (scalar->text.find("${") != std::string::npos) {
    fact.state = Fact::State::Unknown;
    return fact;
  }
  fact.in_yaml = scalar->type != ScalarType::String;
  const auto typed = script_value(*scalar, option, setting->origin);
  if (!typed) return fact;
  if (fact.is_switch) {
    fact.text = is_true(*typed) ? "true" : "false";
  } else if (typed->type == ScalarType::String) {
    fact.text = typed->text;
  } else {
    fact.number = number_of(*typed);
    fact.whole = typed->type == ScalarType::Int;
  }
  return fact;
}

Fact RuleFacts::look_up(std::string_view name) {
  if (const auto option = effective_.option(name)) return option_fact(*option);
  if (const auto figure = figure_number(name)) return figure_fact(*figure, *this);
  return unknown_fact();
}

const Fact& RuleFacts::find(std::string_view name) {
  const AppSchema& schema = in_.in.schema;
  auto number = schema.option_number(name);
  if (!number) {
    static const Fact kUnknown = unknown_fact();
    const auto figure = figure_number(name);
    if (!figure) return kUnknown;
    number = schema.option_entries().size() + *figure;
  }
  if (known_[*number] == nullptr) {
    Fact fact = look_up(name);  // which may look up others
    known_[*number] = &facts_.emplace_back(std::move(fact));
  }
  return *known_[*number];
}

std::optional<std::int64_t> RuleFacts::whole(std::string_view name) {
  const Fact& fact = find(name);
  // Above 2^53 a double no longer holds every whole number; no option means such a count.
  constexpr double kExact = 9007199254740992.0;
  if (!fact.known() || !fact.number || !fact.whole || std::abs(*fact.number) > kExact)
    return std::nullopt;
  return static_cast<std::int64_t>(*fact.number);
}

bool RuleFacts::is_on(std::string_view name) {
  const Fact& fact = find(name);
  return fact.known() && fact.is_switch && fact.text == "true";
}

const Layers& RuleFacts::layers() {
  if (!layers_) layers_ = model_layers(*this);
  return *layers_;
}

Span RuleFacts::place(std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const Fact& fact = find(name);
    // What the purpose fixes is nothing that its user could change.
    const bool fixed = fact.kind == OriginKind::Purpose;
    if (fact.known() && is_set(fact.kind) && !fixed) return fact.at;
  }
  return in_.in.preset != nullptr ? in_.in.preset->at : Span{};
}

}  // namespace ipucnn::checking
