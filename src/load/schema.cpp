#include "ipucnn/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "load/app.h"

namespace ipucnn {
namespace {

OptionSpec spec_of(const AppTable& table, std::uint32_t number, const FormRecord& form) {
  OptionSpec option;
  const Node name = table.node(table.options[number].name);
  option.key = name.text();
  option.at = name.at();
  option.flag = table.text(form.flag);
  option.short_flag = table.text(form.short_flag);
  option.off_flag = table.text(form.off_flag);
  option.alone = table.text(form.alone);
  option.type = static_cast<OptionType>(form.type);
  option.is_list = form.is_list;
  option.may_be_empty = form.may_be_empty;
  option.preset_as_words = table.presets_are_words;
  option.stores = form.stores;
  option.required = form.required;
  option.zero_is_unset = form.zero_is_unset;
  if (form.has_items) option.items = static_cast<OptionType>(form.items);
  option.default_value = table.node(form.default_value);
  option.late_default = table.node(form.late_default);
  option.choices = table.node(form.choices);
  option.range = table.node(form.range);
  option.about = table.node(form.about);
  option.number = number;
  option.table = &table;
  option.late = form.late;
  return option;
}

/// Number of a script that the descriptor speaks of.
std::uint32_t script_number(const AppTable& table, std::string_view script) {
  for (std::size_t i = 0; i < table.scripts.size(); ++i)
    if (table.text(table.scripts[i]) == script) return static_cast<std::uint32_t>(i);
  return kNone;
}

/// Hyphens and underscores are the same to us.
bool same_flag(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return (x == '_' ? '-' : x) == (y == '_' ? '-' : y);
         });
}

/// Calls `visit(form)` for what an option can be.
template <typename Visit>
void each_form(const AppTable& table, const OptionRecord& option, Visit visit) {
  for (const FormRecord& form : table.forms.subspan(option.variants.first, option.variants.count))
    visit(form);
  if (option.own != kNone) visit(table.forms[option.own]);
}

/// An option as one script has it.
class OptionReader {
 public:
  OptionReader(const load::App& app, ScriptNumber script, const Facts& facts)
      : app_(app), table_(app.table), script_(script), facts_(facts) {}

  const OptionSpec* read(std::uint32_t number) const {
    load::CertainOptions::Known* known = app_.certain.of(script_, number, table_);
    if (known != nullptr && known->certain) return known->spec;
    asked_ = false;
    const FormRecord* form = form_of(table_.options[number]);
    const OptionSpec* spec =
        form == nullptr ? nullptr : app_.specs.get(number, table_.options.size(), form, [&] {
          return spec_of(table_, number, *form);
        });
    if (known != nullptr && !asked_) *known = {true, spec};
    return spec;
  }

  bool is_required(std::uint32_t number) const {
    const FormRecord* form = form_of(table_.options[number]);
    return form != nullptr && form->required;
  }

 private:
  const FormRecord* form_of(const OptionRecord& option) const {
    if (!takes(option.has_scripts, option.scripts) || !holds(option.only_with)) return nullptr;
    for (const FormRecord& form :
         table_.forms.subspan(option.variants.first, option.variants.count))
      if (takes(form.has_scripts, form.scripts) && holds(form.only_with)) return &form;
    return option.own == kNone ? nullptr : &table_.forms[option.own];
  }

  bool takes(bool has_scripts, RecordRange scripts) const {
    if (script_.any || !has_scripts) return true;
    const auto numbers = table_.script_numbers.subspan(scripts.first, scripts.count);
    return std::find(numbers.begin(), numbers.end(), script_.number) != numbers.end();
  }

  bool holds(std::uint32_t condition) const {
    if (condition == kNone) return true;
    asked_ = true;
    return condition_holds(Condition(&table_, condition), facts_);
  }

  const load::App& app_;
  const AppTable& table_;
  ScriptNumber script_;
  const Facts& facts_;
  mutable bool asked_ = false;  ///< a condition, for the option that was read last
};

}  // namespace

bool PurposeSpec::allows(std::string_view launcher) const {
  const Node launchers = node.find("launchers");
  return !launchers || launchers.contains(launcher);
}

std::optional<AppSchema> AppSchema::load(const Catalog& catalog, const Entry& entry,
                                         Diagnostics& out) {
  auto app = load::load_app(catalog, entry, out);
  if (app == nullptr) return std::nullopt;
  for (const std::string_view section : {"options", "purposes", "quantities"}) {
    const Node node = app->body.find(section);
    if (node.is_map()) continue;
    out.add(FindingId::Y005, node ? node.at() : entry.name.at(),
            fmt::format("the application {} has no mapping `{}`", entry.name.text(), section));
    return std::nullopt;
  }
  const Node body = app->body;
  return AppSchema(entry.name, body, std::move(app));
}

AppSchema::AppSchema(Node name, Node body, std::shared_ptr<const load::App> app)
    : name_(name), body_(body), app_(std::move(app)), table_(&app_->table) {}

Node AppSchema::inherited() const { return app_->inherited; }

Memo& AppSchema::memo() const { return app_->memo; }

std::vector<Entry> AppSchema::option_entries() const {
  std::vector<Entry> entries;
  entries.reserve(table_->options.size());
  for (const OptionRecord& option : table_->options)
    entries.push_back({table_->node(option.name), table_->node(option.body)});
  return entries;
}

Condition AppSchema::condition(Node node) const {
  if (!node.is_map()) return {};
  const auto& trees = table_->trees;
  const auto tree = std::find(trees.begin(), trees.end(), node.tree());
  if (tree == trees.end()) return {};
  const auto place =
      NodeRef::to(static_cast<std::uint32_t>(tree - trees.begin()), node.use_index());
  const auto before = [&](std::uint32_t number, NodeRef other) {
    return table_->conditions[number].node.packed < other.packed;
  };
  const auto& all = table_->by_place;
  const auto found = std::lower_bound(all.begin(), all.end(), place, before);
  if (found == all.end() || table_->conditions[*found].node != place) return {};
  return {table_, *found};
}

std::optional<PurposeSpec> AppSchema::purpose(std::string_view name) const {
  for (auto known = table_->purposes.rbegin(); known != table_->purposes.rend(); ++known) {
    const std::string_view own = table_->text(known->name);
    if (own != name) continue;
    PurposeSpec spec;
    spec.name = own;  // not the caller's text, which may be gone first
    spec.script = table_->text(known->script);
    spec.program = table_->text(known->program);
    spec.node = table_->node(known->node);
    spec.takes_preset = known->takes_preset;
    spec.has_figures = known->has_figures;
    spec.preset_group = table_->text(known->group);
    spec.directory = table_->text(known->directory);
    spec.without = known->without;
    spec.needed = known->needs;
    return spec;
  }
  return std::nullopt;
}

std::vector<std::string_view> AppSchema::purposes() const {
  std::vector<std::string_view> out;
  body_.find("purposes").each_pair([&](Node key, Node) { out.push_back(key.text()); });
  return out;
}

const std::array<Binding, kQuantityCount>& AppSchema::bindings(std::string_view script) const {
  const auto& of_scripts = app_->of_scripts;
  const auto own = std::find_if(of_scripts.begin(), of_scripts.end(),
                                [&](const auto& entry) { return entry.first == script; });
  return own == of_scripts.end() ? app_->bindings : own->second;
}

std::optional<FactName> AppSchema::key_of(QuantityName quantity, std::string_view script) const {
  const Binding& bound = binding(quantity, script);
  return bound.keys.empty() ? std::nullopt : std::optional(bound.keys.front());
}

std::optional<QuantityName> AppSchema::quantity_of(std::string_view key) const {
  const auto in = [&](const load::Bindings& bindings) -> std::optional<QuantityName> {
    for (std::size_t i = 0; i < kQuantityCount; ++i) {
      const Binding& bound = bindings.at(i);
      const auto quantity = static_cast<QuantityName>(i);
      if (quantity == QuantityName::IpusPerReplica && bound.stages) continue;
      if (std::find(bound.keys.begin(), bound.keys.end(), key) != bound.keys.end()) return quantity;
    }
    return std::nullopt;
  };
  auto found = in(app_->bindings);
  for (const auto& [script, bindings] : app_->of_scripts)
    if (!found) found = in(bindings);
  return found;
}

bool AppSchema::replica_spans_stages() const {
  return binding(QuantityName::IpusPerReplica).stages;
}

const OptionSpec* AppSchema::preset_option() const {
  const auto key = named(AppField::PresetOption);
  if (!key) return nullptr;
  return option(*key, {}, Facts());
}

const OptionSpec* AppSchema::preset_file_option() const {
  const auto key = named(AppField::PresetFileOption);
  if (!key) return nullptr;
  return option(*key, {}, Facts());
}

std::optional<FactName> AppSchema::pipeline_switch() const {
  return named(AppField::PipelineSwitch);
}

std::optional<AccumulationRule> AppSchema::accumulation_rule(std::string_view schedule,
                                                             const Facts& facts) const {
  const Node rules = field(AppField::PipelineAccumulation);
  Node rule = rules.find(schedule);
  if (!rule) rule = rules.find("any");
  if (rule.is_list()) {
    const Node list = std::exchange(rule, Node());
    for (const Node entry : list)
      if (!rule && condition_holds(condition(entry.find("when")), facts)) rule = entry;
  }
  if (!rule.is_map()) return std::nullopt;
  return AccumulationRule{
      rule.find_text("counts").value_or(""), rule.find_int("multiple").value_or(0),
      rule.find_int("at_least").value_or(0), rule.find_int("less").value_or(0), rule.at()};
}

ScriptNumber AppSchema::takers(std::string_view script) const {
  if (script.empty()) return {};
  return {false, script_number(*table_, script)};
}

const OptionSpec* AppSchema::option(FactName key, std::string_view script,
                                    const Facts& facts) const {
  return option_of(key, takers(script), facts);
}

const OptionSpec* AppSchema::option_of(FactName key, ScriptNumber script,
                                       const Facts& facts) const {
  std::uint32_t number = key.number;
  if (number == kNone) number = table_->option_number(key);
  if (number >= table_->options.size()) return nullptr;
  // Of nearly all options no condition decides.
  if (const auto* known = app_->certain.of(script, number, *table_); known && known->certain)
    return known->spec;
  return OptionReader(*app_, script, facts).read(number);
}

std::vector<OptionSpec> AppSchema::spellings(std::string_view script, const Facts& facts) const {
  std::vector<OptionSpec> all = options(script, facts);
  for (std::size_t i = 0, count = all.size(); i < count; ++i) {
    OptionSpec other = all[i];
    if (!other.short_flag.empty()) {
      other.flag = other.short_flag;
      all.push_back(other);
    }
    if (!other.off_flag.empty()) {
      other.flag = other.off_flag;
      other.stores = !other.stores;
      all.push_back(other);
    }
  }
  return all;
}

std::optional<OptionSpec> AppSchema::spelled(std::string_view flag, std::string_view script,
                                             const Facts& facts) const {
  const OptionReader reader(*app_, takers(script), facts);
  const auto is_it = [&](NodeRef spelling) { return same_flag(table_->text(spelling), flag); };
  for (std::uint32_t i = 0; i < table_->options.size(); ++i) {
    bool can_be = false;
    each_form(*table_, table_->options[i],
              [&](const FormRecord& form) { can_be = can_be || is_it(form.flag); });
    const OptionSpec* option = can_be ? reader.read(i) : nullptr;
    if (option != nullptr && same_flag(option->flag, flag)) return *option;
  }
  for (std::uint32_t i = 0; i < table_->options.size(); ++i) {
    bool can_be = false;
    each_form(*table_, table_->options[i], [&](const FormRecord& form) {
      can_be = can_be || is_it(form.short_flag) || is_it(form.off_flag);
    });
    const OptionSpec* known = can_be ? reader.read(i) : nullptr;
    if (known == nullptr) continue;
    OptionSpec option = *known;
    if (!option.short_flag.empty() && same_flag(option.short_flag, flag)) {
      option.flag = option.short_flag;
      return option;
    }
    if (!option.off_flag.empty() && same_flag(option.off_flag, flag)) {
      option.flag = option.off_flag;
      option.stores = !option.stores;
      return option;
    }
  }
  return std::nullopt;
}

std::vector<OptionSpec> AppSchema::options(std::string_view script, const Facts& facts) const {
  std::vector<OptionSpec> all;
  all.reserve(table_->options.size());
  const OptionReader reader(*app_, takers(script), facts);
  for (std::uint32_t i = 0; i < table_->options.size(); ++i)
    if (const OptionSpec* option = reader.read(i)) all.push_back(*option);
  return all;
}

std::vector<OptionSpec> AppSchema::required_options(std::string_view script,
                                                    const Facts& facts) const {
  std::vector<OptionSpec> all;
  const OptionReader reader(*app_, takers(script), facts);
  for (const std::uint32_t number : table_->required)
    if (reader.is_required(number)) all.push_back(*reader.read(number));
  return all;
}

std::optional<std::size_t> AppSchema::option_number(std::string_view key) const {
  const std::uint32_t number = table_->option_number(key);
  return number == kNone ? std::nullopt : std::optional<std::size_t>(number);
}

bool AppSchema::knows_key(std::string_view key) const { return option_number(key).has_value(); }

bool AppSchema::can_be_unset_by_zero(FactName key) const {
  const std::uint32_t number = key.number != kNone ? key.number : table_->option_number(key);
  bool can_be = false;
  if (number != kNone)
    each_form(*table_, table_->options[number],
              [&](const FormRecord& form) { can_be = can_be || form.zero_is_unset; });
  return can_be;
}

bool AppSchema::decides_on_options(std::string_view key) const {
  const std::uint32_t number = table_->option_number(key);
  if (number == kNone) return false;
  const auto asks = [&](std::uint32_t only_with) {
    const auto words = condition(only_with).words();
    return std::any_of(words.begin(), words.end(),
                       [&](const WordRecord& word) { return word.name.number == number; });
  };
  return std::any_of(
      table_->options.begin(), table_->options.end(), [&](const OptionRecord& option) {
        bool found = asks(option.only_with);
        each_form(*table_, option,
                  [&](const FormRecord& form) { found = found || asks(form.only_with); });
        return found;
      });
}

Node late_default_value(const OptionSpec& option, const Facts& facts) {
  if (option.table == nullptr) return {};
  for (const CaseRecord& one : option.table->cases.subspan(option.late.first, option.late.count))
    if (condition_holds(Condition(option.table, one.when), facts))
      return option.table->node(one.value);
  return {};
}

}  // namespace ipucnn
