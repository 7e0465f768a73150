#include "check/rule_facts.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "check/figures.h"
#include "check/layers.h"
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

bool is_switch(const OptionSpec& option) { return is_boolean(option.type); }

bool is_of_preset(OriginKind kind) {
  return kind == OriginKind::Preset || kind == OriginKind::InheritedPreset;
}

}  // namespace

/// Facts that many commands of an application have alike: of options that nobody sets, and of
/// values that stand in a preset.
class SharedFacts {
 public:
  /// What such a fact follows from.
  struct Key {
    const OptionSpec* option = nullptr;
    Span at{};  ///< of the preset's value; line 0 where nobody sets the option
    OriginKind kind = OriginKind::AppDefault;
    bool given = false;

    bool operator==(const Key&) const = default;
  };

  /// `make()` gives the one that is not known yet. What is returned stays where it is.
  template <typename Make>
  const Fact* get(const Key& key, Make make) {
    if (key.option->number >= newest_.size()) newest_.resize(key.option->table->options.size());
    for (const Made* made = newest_[key.option->number]; made != nullptr; made = made->older)
      if (made->key == key) return &made->fact;
    constexpr std::size_t kAtATime = 32;
    if (made_.empty() || made_.back().size() == kAtATime) made_.emplace_back().reserve(kAtATime);
    newest_[key.option->number] =
        &made_.back().emplace_back(Made{key, newest_[key.option->number], make()});
    return &newest_[key.option->number]->fact;
  }

 private:
  struct Made {
    Key key;
    const Made* older;  ///< another fact of the option; null: none
    Fact fact;
  };
  std::vector<const Made*> newest_;  ///< by the option's number
  std::vector<std::vector<Made>> made_;
};

bool ends_before(std::string_view part, RuleFacts& facts) {
  const Node switches = part == "graph"
                            ? facts.field(AppField::EndsBeforeGraph)
                            : facts.input().in.schema.node().find("ends_before").find(part);
  if (!switches.is_list()) return false;
  return std::any_of(switches.begin(), switches.end(),
                     [&](Node key) { return facts.is_on(key.text()); });
}

bool is_one_on(RecordRange names, RuleFacts& facts) {
  const AppTable& table = facts.input().in.schema.table();
  for (const NameRecord& name : table.names.subspan(names.first, names.count))
    if (facts.is_on({table.text(name.node), name.number})) return true;
  return false;
}

bool is_set(OriginKind kind) {
  return kind != OriginKind::AppDefault && kind != OriginKind::LateDefault;
}

RuleFacts::RuleFacts(const CheckInput& in)
    : in_(in),
      effective_(in.in.schema, in.in.purpose.script, in.settings),
      shared_(in.in.schema.memo().of<SharedFacts>()),
      known_(in.in.schema.option_count() + figure_count()) {
  launcher_needs_ = in.in.purpose.node.find("under_" + std::string(in.geometry.launcher));
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
  // Where no condition decides on it, it is the same for all commands of the application.
  if (option.late.count > 0) return keep(unset_fact(option));
  return shared_.get({&option}, [&] { return unset_fact(option); });
}

const Fact* RuleFacts::set_fact(const OptionSpec& option, const Setting& set) {
  const Origin& origin = set.origin;
  if (!is_of_preset(origin.kind)) return keep(value_fact(option, set.value, origin));
  return shared_.get({&option, set.value.at, origin.kind, is_given(origin.kind)},
                     [&] { return value_fact(option, set.value, origin); });
}

Fact RuleFacts::unset_fact(const OptionSpec& option) const {
  if (const auto [node, kind] = effective_.usual(option); node)
    return node_fact(option, node, kind);
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

const OptionSpec* RuleFacts::option_of(Known& known, std::uint32_t number) {
  if (!known.option) known.option = effective_.option({std::string_view(), number});
  return *known.option;
}

const OptionSpec* RuleFacts::option(FactName key) {
  std::uint32_t number = key.number;
  if (number == kNone) number = in_.in.schema.table().option_number(key);
  return number < in_.in.schema.option_count() ? option_of(known_[number], number) : nullptr;
}

/// The place of a name, its fact looked up; null for a name that is none.
RuleFacts::Known* RuleFacts::known_of(FactName name) {
  if (name.number == kNone) name.number = in_.in.schema.table().number_of(name);
  if (name.number == kNone) return nullptr;
  Known& known = known_[name.number];
  if (known.fact == nullptr)
    known.fact = name.number < in_.in.schema.option_count()
                     ? fact_of(known, name)
                     : keep(figure_fact(name.number - in_.in.schema.option_count(), *this));
  return &known;
}

const Fact& RuleFacts::find(FactName name) {
  static const Fact kUnknown = unknown_fact();
  const Known* known = known_of(name);
  return known == nullptr ? kUnknown : *known->fact;
}

void RuleFacts::refuse(FactName name) {
  Known* known = known_of(name);
  if (known == nullptr || known->fact->refused) return;
  Fact refused = *known->fact;  // other commands may have the same
  refused.refused = true;
  known->fact = keep(std::move(refused));
}

/// Of an option that only other scripts have, the figure of that name.
const Fact* RuleFacts::fact_of(Known& known, FactName name) {
  if (const OptionSpec* option = option_of(known, name.number)) return option_fact(*option);
  const auto figure = figure_number(name);
  return keep(figure ? figure_fact(*figure, *this) : unknown_fact());
}

std::optional<std::int64_t> RuleFacts::whole(FactName name) {
  const Fact& fact = find(name);
  // Above 2^53 a double no longer holds every whole number; no option means such a count.
  constexpr double kExact = 9007199254740992.0;
  if (!fact.known() || !fact.number || !fact.whole || std::abs(*fact.number) > kExact)
    return std::nullopt;
  return static_cast<std::int64_t>(*fact.number);
}

bool RuleFacts::is_on(FactName name) {
  const Fact& fact = find(name);
  return fact.known() && fact.is_switch && fact.text == "true";
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
