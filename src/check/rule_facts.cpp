#include "check/rule_facts.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "check/figures.h"
#include "check/layers.h"
#include "ipucnn/by_option.h"
#include "ipucnn/numbers.h"
#include "ipucnn/python_numbers.h"
#include "ipucnn/yaml_text.h"

namespace ipucnn::checking {
namespace {

/// A text counts as the number that the script's own int() or float() will make of it.
std::optional<double> number_of(const TypedScalar& value) {
  if (value.type == ScalarType::Int) return static_cast<double>(value.integer);
  if (value.type == ScalarType::Float) return value.real;
  if (value.type == ScalarType::String) return resolving::python_float(value.text);
  return std::nullopt;
}

/// Whether Python's int() takes it.
bool takes_int(const TypedScalar& value) {
  if (value.type == ScalarType::String) return resolving::python_takes_int(value.text);
  return value.type != ScalarType::Float || std::isfinite(value.real);
}

/// What a mapping in one word holds; nothing of what is none, which is reported elsewhere.
void take_entries(const std::string& text, Fact& fact) {
  const WordEntries* entries = entries_of_word(text);
  if (entries == nullptr)
    fact.state = Fact::State::Unknown;
  else
    fact.entries.insert(fact.entries.end(), entries->begin(), entries->end());
}

bool is_on(const Fact& fact) { return fact.known() && fact.is_switch && fact.text == "true"; }

const Fact& unknown() {
  static const Fact kUnknown = unknown_fact();
  return kUnknown;
}

bool is_switch(const OptionSpec& option) { return is_boolean(option.type); }

/// Whether no condition decides on what the option is.
bool is_certain(const AppTable& table, std::uint32_t number) {
  const OptionRecord& option = table.options[number];
  bool certain = option.only_with == kNone;
  for (const FormRecord& form : table.forms.subspan(option.variants.first, option.variants.count))
    certain = certain && form.only_with == kNone;
  return certain;
}

}  // namespace

/// Facts that many commands of an application have alike: of options that nobody sets, and of
/// values that stand in a preset.
class SharedFacts {
 public:
  /// What such a fact follows from.
  struct Key {
    const OptionSpec* option = nullptr;
    Span at{};  ///< of the preset's value or of the default; line 0 where there is none
    OriginKind kind = OriginKind::AppDefault;
    bool given = false;

    bool operator==(const Key&) const = default;
  };

  /// `make()` gives the one that is not known yet. What is returned stays where it is.
  template <typename Make>
  const Fact* get(const Key& key, Make make) {
    return facts_.get(key.option->number, key.option->table->options.size(), key, make);
  }

  /// By number, of options that no condition decides on: the fact where nobody sets it. Null for a
  /// script that the descriptor does not speak of.
  std::vector<const Fact*>* usual(ScriptNumber script, const AppTable& table) {
    if (!script.any && script.number == kNone) return nullptr;
    if (by_script_.empty()) by_script_.resize(1 + table.scripts.size());
    return &by_script_[script.any ? 0 : std::size_t{1} + script.number];
  }

 private:
  ByOption<Key, Fact> facts_;
  std::vector<std::vector<const Fact*>> by_script_;
};

bool is_one_on(RecordRange names, RuleFacts& facts) {
  const AppTable& table = facts.input().in.schema.table();
  for (const NameRecord& name : table.names.subspan(names.first, names.count))
    if (is_on(facts.find(table, name))) return true;
  return false;
}

bool is_set(OriginKind kind) {
  return kind != OriginKind::AppDefault && kind != OriginKind::LateDefault;
}

RuleFacts::RuleFacts(const CheckInput& in)
    : in_(in),
      effective_(in.in.schema, in.in.purpose.script, in.settings),
      shared_(in.in.schema.memo().of<SharedFacts>()),
      found_(in.in.schema.option_count() + figure_count()),
      has_unread_preset_(resolving::names_unread_preset(in.in.schema, in.settings)),
      usual_(has_unread_preset_ ? nullptr
                                : shared_.usual(effective_.script(), in.in.schema.table())) {
  launcher_needs_ = in.in.purpose.node.find("under_" + std::string(in.geometry.launcher));
  if (usual_ != nullptr) take_usual();
}

/// What is known of options that nobody sets, from steps before.
void RuleFacts::take_usual() {
  if (usual_->empty()) return usual_->resize(in_.in.schema.option_count());
  std::copy(usual_->begin(), usual_->end(), found_.begin());
  for (const Setting& set : in_.settings.all()) forget(set.name());
  launcher_needs_.each_pair([&](Node key, Node) { forget(key.text()); });
}

void RuleFacts::forget(FactName name) {
  if (const std::uint32_t place = place_of(name); place != kNone) found_[place] = nullptr;
}

std::uint32_t RuleFacts::place_of(FactName name) const {
  return name.number != kNone ? name.number : in_.in.schema.table().number_of(name);
}

bool RuleFacts::is_given(OriginKind kind) const {
  if (kind > OriginKind::Derived) return true;
  return kind == OriginKind::Preset && in_.in.preset != nullptr &&
         in_.in.preset->layer != Layer::BuiltIn && !in_.in.preset->upstream;
}

const Fact* RuleFacts::option_fact(const OptionSpec& option) {
  if (launcher_needs_)
    if (const Node needed = launcher_needs_.find(option.key))
      return keep(node_fact(option, needed, OriginKind::Purpose));
  const Setting* set = in_.settings.find(option.name());
  if (set != nullptr && !effective_.counts_as_unset(option, *set)) return set_fact(option, *set);
  if (set == nullptr && has_unread_preset_) {
    Fact open;
    open.is_switch = is_switch(option);
    open.state = Fact::State::Unknown;
    return keep(std::move(open));
  }
  // The same default makes the same fact for all commands of the application.
  const Effective::Usual usual = effective_.usual(option);
  const Fact* fact = shared_.get({&option, usual.value.at(), usual.kind},
                                 [&] { return unset_fact(option, usual); });
  if (usual_ != nullptr && option.late.count == 0 && is_certain(*option.table, option.number))
    (*usual_)[option.number] = fact;
  return fact;
}

const Fact* RuleFacts::set_fact(const OptionSpec& option, const Setting& set) {
  const Origin& origin = set.origin;
  if (!is_of_preset(origin.kind)) return keep(value_fact(option, set.value, origin));
  return shared_.get({&option, set.value.at, origin.kind, is_given(origin.kind)},
                     [&] { return value_fact(option, set.value, origin); });
}

Fact RuleFacts::unset_fact(const OptionSpec& option, const Effective::Usual& usual) const {
  if (usual.value) return node_fact(option, usual.value, usual.kind);
  Fact fact;
  fact.unset = true;
  fact.is_switch = is_switch(option);
  const bool filled_by_the_script = option.late_default.is_scalar();
  fact.state = filled_by_the_script ? Fact::State::Unknown : Fact::State::Absent;
  if (fact.is_switch) {
    fact.state = Fact::State::Known;
    fact.text = "false";
  }
  return fact;
}

/// Of a value that a descriptor holds: a scalar or a list of them.
Fact RuleFacts::node_fact(const OptionSpec& option, Node node, OriginKind kind) const {
  if (node.is_scalar()) return scalar_fact(option, to_scalar(node), {kind, node.at(), {}});
  Diagnostics ignored;  // the descriptor's own values are tested with the data
  return value_fact(option, to_value(node, option.key, ignored).value_or(Value()),
                    {kind, node.at(), {}});
}

Fact RuleFacts::value_fact(const OptionSpec& option, const Value& value,
                           const Origin& origin) const {
  if (const Scalar* scalar = value.scalar()) return scalar_fact(option, *scalar, origin);
  Fact fact;
  fact.is_switch = is_switch(option);
  fact.kind = origin.kind;
  fact.at = origin.at;
  fact.given = is_given(origin.kind);
  fact.count = value.items.size();
  fact.text = value_text(value);
  fact.state = Fact::State::Known;
  for (const Scalar& item : value.items)
    if (const auto typed = script_value(item, option, origin))
      if (const auto number = number_of(*typed)) fact.numbers.push_back(*number);
  return fact;
}

Fact RuleFacts::scalar_fact(const OptionSpec& option, const Scalar& scalar,
                            const Origin& origin) const {
  Fact fact;
  fact.is_switch = is_switch(option);
  fact.kind = origin.kind;
  fact.at = origin.at;
  fact.given = is_given(origin.kind);
  fact.count = 1;
  fact.text = scalar.text;
  fact.state = Fact::State::Known;
  if (scalar.type == ScalarType::Null) {
    if (fact.text.empty()) fact.text = "null";
    fact.state = Fact::State::Absent;
    return fact;
  }
  if (scalar.text.find("${") != std::string::npos) {
    fact.state = Fact::State::Unknown;
    return fact;
  }
  fact.in_yaml = scalar.type != ScalarType::String;
  if (option.type == OptionType::YamlMap) {
    take_entries(scalar.text, fact);
    return fact;
  }
  auto typed = script_value(scalar, option, origin);
  if (!typed) return fact;
  if (fact.is_switch) {
    fact.text = is_true(*typed) ? "true" : "false";
  } else {
    fact.number = number_of(*typed);
    fact.whole = typed->type == ScalarType::Int;
    fact.to_int = takes_int(*typed);
    if (typed->type == ScalarType::String) fact.text = std::move(typed->text);
  }
  return fact;
}

const OptionSpec* RuleFacts::option(FactName key) { return effective_.option(key); }

const Fact& RuleFacts::find(FactName name) {
  name.number = place_of(name);
  if (name.number == kNone) return unknown();
  const Fact*& known = found_[name.number];
  if (known == nullptr) known = make(name);
  return *known;
}

void RuleFacts::refuse(FactName name) {
  name.number = place_of(name);
  if (name.number == kNone || find(name).refused) return;
  Fact refused = *found_[name.number];  // other commands may have the same
  refused.refused = true;
  found_[name.number] = keep(std::move(refused));
}

/// Of an option that only other scripts have, the figure of that name.
const Fact* RuleFacts::make(FactName name) {
  const std::size_t options = in_.in.schema.option_count();
  if (name.number >= options) return keep(figure_fact(name.number - options, *this));
  if (const OptionSpec* option = effective_.option(name)) return option_fact(*option);
  if (const auto figure = figure_number(name)) return keep(figure_fact(*figure, *this));
  if (usual_ != nullptr && is_certain(in_.in.schema.table(), name.number))
    (*usual_)[name.number] = &unknown();
  return &unknown();
}

std::optional<std::int64_t> RuleFacts::whole(FactName name) {
  const Fact& fact = find(name);
  // Above 2^53 a double no longer holds every whole number; no option means such a count.
  constexpr double kExact = 9007199254740992.0;
  if (!fact.known() || !fact.number || !fact.whole || std::abs(*fact.number) > kExact)
    return std::nullopt;
  return static_cast<std::int64_t>(*fact.number);
}

bool RuleFacts::is_on(FactName name) { return checking::is_on(find(name)); }

const Setting* RuleFacts::setting(FactName key) const {
  if (key.number == kNone) key.number = in_.in.schema.table().option_number(key);
  return in_.settings.find(key);
}

bool RuleFacts::ends_before_graph() {
  if (!ends_before_graph_) {
    ends_before_graph_ = false;
    if (const Node switches = field(AppField::EndsBeforeGraph); switches.is_list())
      for (const Node key : switches) ends_before_graph_ = *ends_before_graph_ || is_on(key.text());
  }
  return *ends_before_graph_;
}

const Layers& RuleFacts::layers() {
  if (layers_ == nullptr) layers_ = &model_layers(*this);
  return *layers_;
}

Span RuleFacts::place(std::initializer_list<FactName> names) {
  for (const FactName& name : names) {
    const Fact& fact = find(name);
    // What the purpose fixes is nothing that its user could change.
    const bool fixed = fact.kind == OriginKind::Purpose;
    if (fact.known() && is_set(fact.kind) && !fixed) return fact.at;
  }
  return in_.in.place;
}

}  // namespace ipucnn::checking
