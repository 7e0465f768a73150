#include "ipucnn/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "load/option_table.h"

namespace ipucnn {
namespace {

struct QuantityText {
  std::string_view key;
  std::string_view words;
};
constexpr std::array<QuantityText, kQuantityCount> kQuantities = {
    QuantityText{"micro_batch", "micro batch"},
    QuantityText{"accumulation", "gradient accumulation"},
    QuantityText{"replicas", "replicas"},
    QuantityText{"ipus_per_replica", "IPUs per replica"},
    QuantityText{"splits", "pipeline splits"},
    QuantityText{"schedule", "pipeline schedule"},
    QuantityText{"data_dir", "data folder"},
    QuantityText{"restore_path", "restore path"},
    QuantityText{"output_dir", "output folder"},
};

/// A null among the values of a condition stands for "has no value".
bool holds_null(Node values) {
  if (values.is_null()) return true;
  if (!values.is_list()) return false;
  for (const Node value : values)
    if (value.is_null()) return true;
  return false;
}

/// The application's body and those it extends, nearest first.
std::optional<std::vector<Node>> bodies_of(const Catalog& catalog, Entry entry, Diagnostics& out) {
  std::vector<Node> bodies = {entry.body};
  while (const Node base = entry.body.find("extends")) {
    const Entry next = catalog.find(Section::Applications, base.text());
    const bool seen = std::any_of(bodies.begin(), bodies.end(), [&](Node known) {
      return next && known.tree() == next.body.tree() && known.index() == next.body.index();
    });
    if (!next || seen) {
      out.add(FindingId::K017, base.at(),
              seen ? fmt::format("'{}' extends itself", base.text())
                   : fmt::format("'{}' extends '{}', which does not exist", entry.name.text(),
                                 base.text()));
      return std::nullopt;
    }
    bodies.push_back(next.body);
    entry = next;
  }
  return bodies;
}

/// The options of the farthest base, each nearer body taking out, replacing and adding its own.
std::vector<Entry> options_of(const std::vector<Node>& bodies) {
  std::vector<Entry> options;
  for (auto body = bodies.rbegin(); body != bodies.rend(); ++body) {
    const Node without = body->find("without_options");
    std::erase_if(options,
                  [&](const Entry& option) { return without.contains(option.name.text()); });
    // Each key of one mapping stands there once, so only a base's entry can be replaced.
    const std::size_t inherited = options.size();
    body->find("options").each_pair([&](Node name, Node option) {
      const auto end = options.begin() + static_cast<std::ptrdiff_t>(inherited);
      const auto known = std::find_if(options.begin(), end, [&](const Entry& entry) {
        return entry.name.text() == name.text();
      });
      if (known == end)
        options.push_back({name, option});
      else
        *known = {name, option};
    });
  }
  return options;
}

/// Of what a quantity is bound to: a key, or {value: KEY} or {stages: KEY}.
std::optional<std::string_view> bound_key(Node bound) {
  if (bound.is_scalar() && !bound.is_null()) return bound.text();
  const auto value = bound.find_text("value");
  return value ? value : bound.find_text("stages");
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
  if (!list.is_list()) return rules;
  rules.reserve(list.size());
  for (const Node rule : list) rules.push_back(read_rule(rule));
  return rules;
}

}  // namespace

std::string_view quantity_key(QuantityName quantity) {
  return kQuantities.at(static_cast<std::size_t>(quantity)).key;
}

std::string_view quantity_words(QuantityName quantity) {
  return kQuantities.at(static_cast<std::size_t>(quantity)).words;
}

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

Node DescriptorFields::find(std::string_view field) const {
  for (const Node body : bodies_)
    if (const Node found = body.find(field)) return found;
  return {};
}

std::optional<std::string_view> DescriptorFields::find_text(std::string_view field) const {
  const Node found = find(field);
  if (!found.is_scalar() || found.is_null()) return std::nullopt;
  return found.text();
}

std::optional<AppSchema> AppSchema::load(const Catalog& catalog, const Entry& entry,
                                         Diagnostics& out) {
  auto bodies = bodies_of(catalog, entry, out);
  if (!bodies) return std::nullopt;
  DescriptorFields fields(std::move(*bodies));
  for (const std::string_view section : {"options", "purposes", "quantities"}) {
    const Node node = fields.find(section);
    if (node.is_map()) continue;
    out.add(FindingId::Y005, node ? node.at() : entry.name.at(),
            fmt::format("the application {} has no mapping `{}`", entry.name.text(), section));
    return std::nullopt;
  }
  return AppSchema(entry.name, std::move(fields));
}

AppSchema::AppSchema(Node name, DescriptorFields fields)
    : name_(name),
      fields_(std::move(fields)),
      options_(std::make_shared<const OptionTable>(options_of(fields_.bodies()))),
      rules_(std::make_shared<const std::vector<RuleSpec>>(rules_of(fields_.find("rules")))) {
  const Node bound = fields_.find("quantities");
  for (std::size_t i = 0; i < kQuantities.size(); ++i)
    quantities_.at(i) = bound_key(bound.find(kQuantities.at(i).key));
  replica_spans_stages_ =
      static_cast<bool>(bound.find(quantity_key(QuantityName::IpusPerReplica)).find("stages"));
}

const std::vector<Entry>& AppSchema::option_entries() const { return options_->entries(); }

const std::vector<RuleSpec>& AppSchema::rules() const { return *rules_; }

std::optional<PurposeSpec> AppSchema::purpose(std::string_view name) const {
  const Node purposes = fields_.find("purposes");
  const Node node = purposes.find(name);
  if (!node.is_map()) return std::nullopt;
  PurposeSpec spec;
  spec.name = purposes.find_key(name).text();  // not the caller's text, which may be gone first
  spec.script = node.find("script").text();
  spec.node = node;
  spec.takes_preset = node.find_bool("preset", true);
  spec.has_figures = spec.takes_preset && node.find_bool("figures", true);
  spec.preset_group = node.find_text("presets").value_or("");
  const auto own_folder = fields_.find("scripts").find(spec.script).find_text("directory");
  spec.directory = own_folder ? *own_folder : fields_.find_text("directory").value_or("");
  return spec;
}

std::vector<std::string_view> AppSchema::purposes() const {
  std::vector<std::string_view> out;
  fields_.find("purposes").each_pair([&](Node key, Node) { out.push_back(key.text()); });
  return out;
}

std::optional<std::string_view> AppSchema::key_of(QuantityName quantity) const {
  return quantities_.at(static_cast<std::size_t>(quantity));
}

std::optional<QuantityName> AppSchema::quantity_of(std::string_view key) const {
  for (std::size_t i = 0; i < kQuantities.size(); ++i) {
    const auto quantity = static_cast<QuantityName>(i);
    if (quantity == QuantityName::IpusPerReplica && replica_spans_stages()) continue;
    if (key_of(quantity) == key) return quantity;
  }
  return std::nullopt;
}

bool AppSchema::replica_spans_stages() const { return replica_spans_stages_; }

std::optional<OptionSpec> AppSchema::preset_option() const {
  const auto key = fields_.find_text("preset_option");
  if (!key) return std::nullopt;
  return option(*key, {}, [](std::string_view) { return std::nullopt; });
}

std::optional<OptionSpec> AppSchema::preset_file_option() const {
  const auto key = fields_.find_text("preset_file_option");
  if (!key) return std::nullopt;
  return option(*key, {}, [](std::string_view) { return std::nullopt; });
}

std::optional<std::string_view> AppSchema::pipeline_switch() const {
  return fields_.find("pipeline").find_text("when");
}

std::optional<AccumulationRule> AppSchema::accumulation_rule(std::string_view schedule,
                                                             const Facts& facts) const {
  const Node rules = fields_.find("pipeline").find("accumulation");
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

bool condition_holds(Node condition, const Facts& facts) {
  bool holds = true;
  condition.each_pair([&](Node key, Node values) {
    const auto fact = facts(key.text());
    holds = holds && (fact ? values.contains(*fact) : holds_null(values));
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
