#include "ipucnn/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

#include "load/extends.h"
#include "load/option_table.h"

namespace ipucnn {
namespace {

std::vector<Entry> entries_of(Node map) {
  std::vector<Entry> entries;
  entries.reserve(map.size());
  map.each_pair([&](Node name, Node body) { entries.push_back({name, body}); });
  return entries;
}

void take_keys(Node node, std::vector<std::string_view>& keys) {
  if (node.is_list())
    for (const Node key : node) keys.push_back(key.text());
  else if (node.is_scalar() && !node.is_null())
    keys.push_back(node.text());
}

/// A key, a list of keys, or {value: .., stages: .., mapping: ..}.
Binding read_binding(Node node) {
  Binding binding;
  take_keys(node, binding.keys);
  if (!node.is_map()) return binding;
  take_keys(node.find("value"), binding.keys);
  binding.mapping = node.find_text("mapping").value_or("");
  if (const auto splits = node.find_text("stages")) {
    binding.stages = true;
    binding.keys.push_back(*splits);
  }
  return binding;
}

RuleSpec read_rule(Node node) {
  RuleSpec rule;
  rule.node = node;
  node.each_pair([&](Node key, Node value) {
    const std::string_view field = key.text();
    if (field == "option")
      rule.option = value.is_null() ? std::string_view() : value.text();
    else if (field == "when")
      rule.when = value;
    else if (field == "scripts")
      rule.scripts = value;
    else if (field == "needs")
      rule.needs = value;
    else if (field == "used_when")
      rule.used_when = value;
    else if (field == "excludes")
      rule.excludes = value;
    else if (field == "needs_any")
      rule.needs_any = value;
  });
  return rule;
}

std::vector<RuleSpec> rules_of(Node list) {
  std::vector<RuleSpec> rules;
  rules.reserve(list.size());
  list.each_pair([&](Node, Node rule) { rules.push_back(read_rule(rule)); });
  if (!list.is_list()) return rules;
  for (const Node rule : list) rules.push_back(read_rule(rule));
  return rules;
}

}  // namespace

bool PurposeSpec::allows(std::string_view launcher) const {
  const Node launchers = node.find("launchers");
  return !launchers || launchers.contains(launcher);
}

bool PurposeSpec::lacks(QuantityName quantity) const {
  return node.find("without").contains(quantity_key(quantity));
}

bool PurposeSpec::needs(QuantityName quantity) const {
  return node.find("needs").contains(quantity_key(quantity));
}

std::optional<AppSchema> AppSchema::load(const Catalog& catalog, const Entry& entry,
                                         Diagnostics& out) {
  auto merged = std::make_shared<load::MergedTables>();
  const auto body = load::merge_entry(catalog.parts(Section::Applications), entry, *merged, out);
  if (!body) return std::nullopt;
  for (const std::string_view section : {"options", "purposes", "quantities"}) {
    const Node node = body->find(section);
    if (node.is_map()) continue;
    out.add(FindingId::Y005, node ? node.at() : entry.name.at(),
            fmt::format("the application {} has no mapping `{}`", entry.name.text(), section));
    return std::nullopt;
  }
  return AppSchema(entry.name, *body, std::move(merged));
}

AppSchema::AppSchema(Node name, Node body, std::shared_ptr<const load::MergedTables> merged)
    : name_(name),
      body_(body),
      merged_(std::move(merged)),
      options_(std::make_shared<const OptionTable>(entries_of(body.find("options")))),
      rules_(std::make_shared<const std::vector<RuleSpec>>(rules_of(body.find("rules")))) {
  const auto read = [](Node bound, Bindings& bindings) {
    for (std::size_t i = 0; i < kQuantityCount; ++i)
      if (const Node node = bound.find(quantity_key(static_cast<QuantityName>(i))))
        bindings.at(i) = read_binding(node);
  };
  read(body_.find("quantities"), bindings_);
  body_.find("scripts").each_pair([&](Node script, Node said) {
    if (const Node own = said.find("quantities"))
      read(own, of_scripts_.emplace_back(script.text(), bindings_).second);
  });
}

Node AppSchema::inherited() const {
  // The tables of a chain stand in it from the farthest base on; the last is `body_` itself.
  return merged_->all.size() < 2 ? Node{} : root(merged_->all[merged_->all.size() - 2]->tree);
}

const std::vector<Entry>& AppSchema::option_entries() const { return options_->entries(); }

const std::vector<RuleSpec>& AppSchema::rules() const { return *rules_; }

std::optional<PurposeSpec> AppSchema::purpose(std::string_view name) const {
  const Node purposes = body_.find("purposes");
  const Node node = purposes.find(name);
  if (!node.is_map()) return std::nullopt;
  PurposeSpec spec;
  spec.name = purposes.find_key(name).text();  // not the caller's text, which may be gone first
  spec.script = node.find("script").text();
  spec.node = node;
  spec.takes_preset = node.find_bool("preset", true);
  spec.has_figures = spec.takes_preset && node.find_bool("figures", true);
  spec.preset_group = node.find_text("presets").value_or("");
  const auto own_folder = body_.find("scripts").find(spec.script).find_text("directory");
  spec.directory = own_folder ? *own_folder : body_.find_text("directory").value_or("");
  return spec;
}

std::vector<std::string_view> AppSchema::purposes() const {
  std::vector<std::string_view> out;
  body_.find("purposes").each_pair([&](Node key, Node) { out.push_back(key.text()); });
  return out;
}

const Binding& AppSchema::binding(QuantityName quantity, std::string_view script) const {
  const auto own = std::find_if(of_scripts_.begin(), of_scripts_.end(),
                                [&](const auto& entry) { return entry.first == script; });
  return (own == of_scripts_.end() ? bindings_ : own->second)
      .at(static_cast<std::size_t>(quantity));
}

std::optional<std::string_view> AppSchema::key_of(QuantityName quantity,
                                                  std::string_view script) const {
  const Binding& bound = binding(quantity, script);
  return bound.keys.empty() ? std::nullopt : std::optional(bound.keys.front());
}

std::optional<QuantityName> AppSchema::quantity_of(std::string_view key) const {
  const auto in = [&](const Bindings& bindings) -> std::optional<QuantityName> {
    for (std::size_t i = 0; i < kQuantityCount; ++i) {
      const Binding& bound = bindings.at(i);
      const auto quantity = static_cast<QuantityName>(i);
      if (quantity == QuantityName::IpusPerReplica && bound.stages) continue;
      if (std::find(bound.keys.begin(), bound.keys.end(), key) != bound.keys.end()) return quantity;
    }
    return std::nullopt;
  };
  auto found = in(bindings_);
  for (const auto& [script, bindings] : of_scripts_)
    if (!found) found = in(bindings);
  return found;
}

bool AppSchema::replica_spans_stages() const {
  return binding(QuantityName::IpusPerReplica).stages;
}

std::optional<OptionSpec> AppSchema::preset_option() const {
  const auto key = body_.find_text("preset_option");
  if (!key) return std::nullopt;
  return option(*key, {}, [](std::string_view) { return std::nullopt; });
}

std::optional<OptionSpec> AppSchema::preset_file_option() const {
  const auto key = body_.find_text("preset_file_option");
  if (!key) return std::nullopt;
  return option(*key, {}, [](std::string_view) { return std::nullopt; });
}

std::optional<std::string_view> AppSchema::pipeline_switch() const {
  return body_.find("pipeline").find_text("when");
}

std::optional<AccumulationRule> AppSchema::accumulation_rule(std::string_view schedule,
                                                             const Facts& facts) const {
  const Node rules = body_.find("pipeline").find("accumulation");
  Node rule = rules.find(schedule);
  if (!rule) rule = rules.find("any");
  if (rule.is_list()) {
    const Node list = std::exchange(rule, Node());
    for (const Node entry : list)
      if (!rule && condition_holds(entry.find("when"), facts)) rule = entry;
  }
  if (!rule.is_map()) return std::nullopt;
  return AccumulationRule{
      rule.find_text("counts").value_or(""), rule.find_int("multiple").value_or(0),
      rule.find_int("at_least").value_or(0), rule.find_int("less").value_or(0), rule.at()};
}

std::optional<OptionSpec> AppSchema::option(std::string_view key, std::string_view script,
                                            const Facts& facts) const {
  const auto entry = options_->find(key);
  return entry ? options_->read(*entry, script, facts) : std::nullopt;
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

std::vector<OptionSpec> AppSchema::options(std::string_view script, const Facts& facts) const {
  std::vector<OptionSpec> all;
  for (std::size_t i = 0; i < options_->entries().size(); ++i)
    if (auto option = options_->read(i, script, facts)) all.push_back(*option);
  return all;
}

std::vector<OptionSpec> AppSchema::required_options(std::string_view script,
                                                    const Facts& facts) const {
  std::vector<OptionSpec> all;
  for (const std::size_t entry : options_->may_be_required())
    if (auto option = options_->read(entry, script, facts); option && option->required)
      all.push_back(*option);
  return all;
}

std::optional<std::size_t> AppSchema::option_number(std::string_view key) const {
  return options_->find(key);
}

bool AppSchema::knows_key(std::string_view key) const { return option_number(key).has_value(); }

bool AppSchema::decides_on_options(std::string_view key) const {
  bool decides = false;
  const auto look = [&](Node body) {
    decides = decides || static_cast<bool>(body.find("only_with").find(key));
  };
  for (const Entry& option : options_->entries()) {
    look(option.body);
    const Node variants = option.body.find("variants");
    if (variants.is_list())
      for (const Node variant : variants) look(variant);
  }
  return decides;
}

namespace {

/// Values of options as facts, for tests that are more than a comparison.
class ValueFacts final : public FactSource {
 public:
  explicit ValueFacts(const Facts& facts) : facts_(facts) {}

  const Fact& find(std::string_view name) override {
    Fact& fact = found_.emplace_back();
    const auto value = facts_(name);
    if (!value || value->type == ScalarType::Null) {
      fact.unset = true;
      return fact;
    }
    fact.state = Fact::State::Known;
    fact.count = 1;
    fact.is_switch = value->type == ScalarType::Bool;
    fact.text = fact.is_switch ? (yaml_bool(value->text) ? "true" : "false") : value->text;
    fact.whole = fact.to_int = value->type == ScalarType::Int;
    if (fact.whole)
      if (const auto number = yaml_int(value->text)) fact.number = static_cast<double>(*number);
    if (value->type == ScalarType::Float) fact.number = yaml_float(value->text);
    return fact;
  }

 private:
  const Facts& facts_;
  std::deque<Fact> found_;
};

bool value_fits(Node wanted, const std::optional<FactValue>& value) {
  if (wanted.is_null() || !value) return wanted.is_null() && !value;
  return same_to_scripts(wanted, value->text, value->type);
}

}  // namespace

bool condition_holds(Node condition, const Facts& facts) {
  bool holds = true;
  condition.each_pair([&](Node name, Node test) {
    if (!holds) return;
    if (test.is_map()) {
      ValueFacts values(facts);
      holds = test_holds(name.text(), test, values) == Holds::Yes;
      return;
    }
    const auto value = facts(name.text());
    if (!test.is_list()) {
      holds = value_fits(test, value);
      return;
    }
    holds = false;
    for (const Node wanted : test) holds = holds || value_fits(wanted, value);
  });
  return holds;
}

Node late_default_value(const OptionSpec& option, const Facts& facts) {
  if (!option.late_default.is_list()) return {};
  for (const Node entry : option.late_default)
    if (condition_holds(entry.find("when"), facts)) return entry.find("value");
  return {};
}

}  // namespace ipucnn
