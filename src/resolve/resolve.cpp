#include "ipucnn/resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <forward_list>
#include <utility>

#include "base/literal_dollar.h"
#include "base/suggest.h"
#include "base/text.h"
#include "ipucnn/numbers.h"
#include "ipucnn/overrides.h"
#include "resolve/layers_of.h"
#include "resolve/preset_checks.h"
#include "resolve/preset_reading.h"
#include "resolve/preset_words.h"

namespace ipucnn {
namespace {

using resolving::Override;
using resolving::Said;

/// Zero or false.
bool is_nothing(Node node) {
  switch (node.type()) {
    case ScalarType::Bool:
      return !yaml_bool(node.text());
    case ScalarType::Int:
      return yaml_int(node.text()) == 0;
    case ScalarType::Float:
      return yaml_float(node.text()) == 0.0;
    default:
      return false;
  }
}

/// Model, schedule and the like as the scripts' first pass finds them: the strongest layer's word,
/// else the default. They decide which options exist.
class FirstPass {
 public:
  /// `weakest` is what the preset sets, where the layers leave that out.
  FirstPass(const ResolveInput& in, const Settings* weakest, const std::vector<Said>& layers)
      : in_(in), weakest_(weakest), layers_(layers) {}

  std::optional<FactValue> operator()(FactName key) {
    if (key.number == kNone) key.number = in_.schema.table().option_number(key);
    for (const Known& known : found_)
      if (known.number == key.number && known.key == key.text) return seen(known.found);
    // While a key is looked up it counts as having no value, so conditions cannot chase each other.
    Known& known = found_.emplace_front(Known{std::string(key.text), key.number, std::nullopt});
    known.found = look_up(key);
    return seen(known.found);
  }

 private:
  struct Found {
    std::string text;
    ScalarType type = ScalarType::String;
  };
  struct Known {
    std::string key;
    std::uint32_t number;
    std::optional<Found> found;
  };

  static std::optional<FactValue> seen(const std::optional<Found>& found) {
    return found ? std::optional<FactValue>(FactValue(found->text, found->type)) : std::nullopt;
  }

  std::optional<Found> look_up(FactName key) {
    const auto option = in_.schema.option(key, in_.purpose.script, Facts());
    std::optional<Found> found;
    if (option && !in_.overrides.empty()) {
      if (!unconditional_) unconditional_.emplace(in_.schema, in_.purpose.script, Facts());
      if (auto word = resolving::peek_override(in_.overrides, *unconditional_, key))
        found = Found{std::move(*word), ScalarType::String};
    }
    if (!found) found = in_layers(key, option);
    // What only the start can tell decides on no options.
    if (found && holds_variable(found->text)) return std::nullopt;
    return found && option ? as_seen(std::move(*found), *option) : found;
  }

  /// The layers' fold, for one key.
  std::optional<Found> in_layers(FactName key, const OptionSpec* option) const {
    for (auto said = layers_.rbegin(); said != layers_.rend(); ++said) {
      if (said->key != key.text) continue;
      if (said->takes_away) return by_default(option);
      const Scalar* scalar = said->value ? said->value->scalar() : nullptr;
      if (scalar != nullptr) return Found{scalar->text, scalar->type};
      if (said->node.is_scalar()) return Found{std::string(said->node.text()), said->node.type()};
      return std::nullopt;  // a list decides on no options
    }
    if (const Setting* set = weakest_ != nullptr ? weakest_->find(key) : nullptr) {
      const Scalar* scalar = set->value.scalar();
      return scalar == nullptr ? std::nullopt : std::optional(Found{scalar->text, scalar->type});
    }
    return by_default(option);
  }

  /// Absent where a preset may set it that is not read.
  std::optional<Found> by_default(const OptionSpec* option) const {
    if (!option || !option->default_value.is_scalar() || has_unread_preset()) return std::nullopt;
    return Found{std::string(option->default_value.text()), option->default_value.type()};
  }

  bool has_unread_preset() const {
    if (in_.preset != nullptr) return false;
    const OptionSpec* preset = in_.schema.preset_option();
    return preset != nullptr && std::any_of(layers_.begin(), layers_.end(), [&](const Said& said) {
             return said.key == preset->key;
           });
  }

  static std::optional<Found> as_seen(Found found, const OptionSpec& option) {
    if (found.type == ScalarType::Null) return std::nullopt;
    if (option.type == OptionType::StrLower) found.text = to_lower(found.text);
    if (option.type == OptionType::StrUpper) found.text = to_upper(found.text);
    if (is_boolean(option.type) && found.type == ScalarType::String)
      if (const auto typed = convert_word(found.text, option.type))
        found = {typed->boolean ? "true" : "false", ScalarType::Bool};
    return found;
  }

  const ResolveInput& in_;
  const Settings* weakest_;
  const std::vector<Said>& layers_;
  std::forward_list<Known> found_;
  std::optional<resolving::Spellings> unconditional_;  ///< made where words are looked through
};

/// Lays what the layers say into the settings, weakest first.
class SecondPass {
 public:
  SecondPass(const ResolveInput& in, const Facts& facts, Settings& settings, Diagnostics& out)
      : in_(in), facts_(facts), settings_(settings), out_(out) {}

  /// False when a preset holds something that is no value.
  bool run(const std::vector<Said>& layers) {
    bool good = true;
    for (const Said& said : layers) good = take(said) && good;
    return good;
  }

 private:
  bool take(const Said& said) {
    const bool of_preset = is_of_preset(said.origin.kind);
    const OptionSpec* option = nullptr;
    // What a preset sets is looked at when everything is known.
    if (!of_preset || said.node.is_map()) {
      option = in_.schema.option(said.name(), in_.purpose.script, facts_);
      if (!option && !of_preset) {
        unknown(said);
        return true;
      }
    }
    if (said.takes_away) {
      settings_.remove(said.key);
      return true;
    }
    auto value = said.value ? said.value : value_of(said, option);
    if (!value) return !of_preset;
    const bool is_read_here = said.node || said.origin.by == "--set";
    if (option && !of_preset && is_read_here)
      resolving::check_written_value(*option, *value, said.key, out_);
    if (said.unless_same) {
      const auto now = Effective(in_.schema, in_.purpose.script, settings_).setting(said.name());
      if (now && same_value(now->value, *value)) return true;
    }
    settings_.assign(said.name(), std::move(*value), said.origin);
    return true;
  }

  std::optional<Value> value_of(const Said& said, const OptionSpec* option) {
    if (option && option->type == OptionType::YamlMap && said.node.is_map())
      return single(option->preset_as_words ? resolving::word_of_map(in_.schema, said.node)
                                            : flow_text(said.node),
                    said.node.at());
    return to_value(said.node, said.key, out_);
  }

  void unknown(const Said& said) {
    if (said.unknown == Said::Unknown::Silent) return;
    if (said.unknown == Said::Unknown::OfNoScript) {
      if (!in_.schema.knows_key(said.key))
        out_.add(FindingId::K007, said.key_at,
                 fmt::format("no script of {} has an option '{}'", in_.schema.id(), said.key));
      return;
    }
    const std::string condition = resolving::missing_condition(in_.schema, facts_, said.key);
    std::vector<std::string_view> keys;
    for (const OptionSpec& known : in_.schema.options(in_.purpose.script, facts_))
      keys.push_back(known.key);
    out_.add(FindingId::K007, said.key_at,
             fmt::format("{} has no option '{}'", in_.purpose.program, said.key))
        .help = condition.empty() ? suggestion(said.key, keys) : condition;
  }

  const ResolveInput& in_;
  const Facts& facts_;
  Settings& settings_;
  Diagnostics& out_;
};

}  // namespace

Settings resolve(const ResolveInput& in, Diagnostics& out) {
  const bool takes_preset = in.preset != nullptr && in.purpose.takes_preset;
  const resolving::PresetReading* reading = takes_preset ? resolving::read_preset(in) : nullptr;
  const std::vector<Said> layers = resolving::layers_of(in, reading != nullptr, out);
  Settings settings;
  settings.reserve(layers.size() + (reading != nullptr ? reading->settings.all().size() : 0));
  if (reading != nullptr) settings = reading->settings;
  FirstPass first_pass(in, reading != nullptr ? &reading->settings : nullptr, layers);
  const Facts facts = [&](FactName key) { return first_pass(key); };
  if (!SecondPass(in, facts, settings, out).run(layers)) return settings;
  for (Override& given :
       resolving::parse_overrides(in.overrides, in.schema, in.purpose.script, facts, out)) {
    settings.assign(given.option.name(), std::move(given.value),
                    {OriginKind::CommandLine, given.at, given.option.flag});
    if (!in.sets.empty()) resolving::report_unused_set(*settings.find(given.option.name()), out);
  }
  if (in.judges_preset && takes_preset) {
    resolving::check_preset_keys(in, reading, settings, out);
    resolving::check_preset_values(in, settings, out);
  }
  return settings;
}

std::optional<FactValue> Effective::fact(FactName key, std::size_t before) const {
  if (key.number == kNone) key.number = schema_.table().option_number(key);
  if (key.number >= schema_.option_count()) return look_up(key, before);
  const std::uint32_t sees = key.number < before ? 2 : before > 0 ? 1 : 0;
  for (const Known& known : known_)
    if (known.number == key.number && known.sees == sees) return known.value;
  const auto value = look_up(key, before);
  if (known_.empty()) known_.reserve(8);
  known_.push_back({key.number, sees, value});
  return value;
}

std::optional<FactValue> Effective::look_up(FactName key, std::size_t before) const {
  const Setting* set = settings_.find(key);
  std::optional<FactValue> value;
  if (set != nullptr) {
    const Scalar* scalar = set->value.scalar();
    if (scalar == nullptr || scalar->type == ScalarType::Null || holds_variable(scalar->text))
      return std::nullopt;
    value = FactValue(scalar->text, scalar->type);
    const bool is_lower = std::none_of(scalar->text.begin(), scalar->text.end(),
                                       [](char c) { return c >= 'A' && c <= 'Z'; });
    // Only a word is still to be converted.
    if (is_lower &&
        (scalar->type != ScalarType::String || set->origin.kind != OriginKind::CommandLine))
      return value;
  }
  // Each look-up sees less than the one that asks, so that no conditions can chase each other.
  const std::size_t number = std::min<std::size_t>(key.number, schema_.option_count());
  const OptionSpec* option = schema_.option_of(key, takers_,
                                               number < before ? facts_before(number)
                                               : before > 0    ? facts_before(0)
                                                               : Facts());
  if (!option) return value;
  if (set == nullptr) {
    if (!has_unread_preset_)
      has_unread_preset_ = resolving::names_unread_preset(schema_, settings_);
    if (*has_unread_preset_) return std::nullopt;
    const Node node = number < before ? usual(*option).value : option->default_value;
    if (node.is_scalar() && !node.is_null()) value = FactValue(node.text(), node.type());
  }
  if (!value || value->type != ScalarType::String) return value;
  if (option->type == OptionType::StrLower) value->text = kept(to_lower(value->text));
  if (option->type == OptionType::PythonBool || option->type == OptionType::BoolWord)
    if (const auto typed = convert_word(value->text, option->type))
      value = FactValue(typed->boolean ? "true" : "false", ScalarType::Bool);
  return value;
}

Facts Effective::facts_before(std::size_t before) const {
  return [this, before](FactName key) { return fact(key, before); };
}

Node Effective::late_value(const OptionSpec& option) const {
  return late_default_value(option, facts_before(option.number));
}

/// A text that no setting holds.
std::string_view Effective::kept(std::string text) const {
  const auto known = std::find(lowered_.begin(), lowered_.end(), text);
  return known != lowered_.end() ? *known : lowered_.emplace_back(std::move(text));
}

/// A 0 of an option that has no value otherwise, and says that 0 means the same.
bool Effective::stands_for_none(const Setting& set) const {
  const Scalar* scalar = set.value.scalar();
  if (scalar == nullptr || scalar->text != "0") return false;
  const auto own = option(set.name());
  return own && own->zero_is_unset;
}

std::optional<FactName> Effective::key_of(QuantityName quantity) const {
  const Binding& bound = binding(quantity);
  if (bound.keys.size() > 1) {
    for (const FactName key : bound.keys)
      if (const Setting* set = settings_.find(key); set != nullptr && !stands_for_none(*set))
        return key;
    for (const FactName key : bound.keys)
      if (const auto own = option(key); own && usual(*own).value) return key;
  }
  return bound.keys.empty() ? std::nullopt : std::optional(bound.keys.front());
}

Facts Effective::facts() const { return facts_before(schema_.option_count()); }

const OptionSpec* Effective::option(FactName key) const {
  return schema_.option_of(key, takers_, facts());
}

std::optional<Setting> Effective::setting(FactName key) const {
  if (const Setting* set = settings_.find(key)) return *set;
  const auto spec = option(key);
  return spec ? setting(*spec) : std::nullopt;
}

Effective::Usual Effective::usual(const OptionSpec& option) const {
  const auto given = [](Node node) { return node && !node.is_null(); };
  const Usual early{option.default_value, OriginKind::AppDefault};
  const bool has_early = given(early.value);
  // A default of 0 or false is filled as if there were none.
  if (has_early && !(option.zero_is_unset && is_nothing(early.value))) return early;
  const Node late = late_value(option);
  if (given(late)) return {late, OriginKind::LateDefault};
  return has_early ? early : Usual{};
}

bool Effective::counts_as_unset(const OptionSpec& option, const Setting& set) const {
  if (!option.zero_is_unset) return false;
  const Scalar* scalar = set.value.scalar();
  if (scalar != nullptr) {
    const auto typed = script_value(*scalar, option, set.origin);
    if (!typed || typed->type == ScalarType::Null || is_true(*typed)) return false;
  } else if (!set.value.items.empty()) {
    return false;
  }
  const Node late = late_value(option);
  return late && !late.is_null();
}

bool Effective::needs_no_data() const {
  const Node list = schema_.field(AppField::NoDataWith);
  if (!list.is_list()) return false;
  for (const Node entry : list) {
    if (entry.is_map()) {
      if (condition_holds(schema_.condition(entry), facts())) return true;
      continue;
    }
    const std::string_view key = entry.text();
    const Setting* set = settings_.find({key, schema_.table().option_number(key)});
    const Scalar* scalar = set == nullptr ? nullptr : set->value.scalar();
    if (scalar != nullptr && scalar->type == ScalarType::Bool && yaml_bool(scalar->text))
      return true;
  }
  return false;
}

std::optional<Setting> Effective::setting(const OptionSpec& option) const {
  if (const Setting* set = settings_.find(option.name())) return *set;
  return usual_setting(option);
}

std::optional<Setting> Effective::usual_setting(const OptionSpec& option) const {
  const auto [node, kind] = usual(option);
  if (!node) return std::nullopt;
  Diagnostics ignored;  // a descriptor's defaults are tested with the data
  auto value = to_value(node, option.key, ignored);
  if (!value) return std::nullopt;
  return Setting{std::string(option.key),
                 std::move(*value),
                 {kind, node.at(), schema_.id()},
                 {},
                 option.number};
}

}  // namespace ipucnn
