// `explain KEY`: every value an option could have had, the winner first.
#include <fmt/format.h>

#include <algorithm>

#include "base/terminal_width.h"
#include "base/text.h"
#include "base/wrap.h"
#include "ipucnn/file_schema.h"
#include "ipucnn/view.h"
#include "view/launcher_replicas.h"
#include "view/table.h"
#include "view/typed_json.h"

namespace ipucnn {
namespace {

using view::Json;

/// One value and the layer that gave it, strongest first in a chain.
struct Link {
  Value value;
  Origin origin;
};

Json link_json(const Link& link, const Sources& sources) {
  return {{"value", value_text(link.value)},
          {"origin", origin_name(link.origin.kind)},
          {"by", link.origin.by},
          {"file", sources.name(link.origin.at.source)},
          {"line", link.origin.at.line},
          {"column", link.origin.at.column}};
}

std::vector<Link> links_of(const Setting& set) {
  std::vector<Link> chain = {{set.value, set.origin}};
  for (auto lost = set.shadowed.rbegin(); lost != set.shadowed.rend(); ++lost)
    chain.push_back({lost->value, lost->origin});
  return chain;
}

/// What --unset took away is a loser as well.
void add_unset(const CheckInput& in, std::string_view key, std::vector<Link>& chain) {
  if (in.in.preset == nullptr || !chain.empty()) return;
  const PresetEntry* entry = in.in.preset->find(key);
  Diagnostics ignored;  // reported when the preset was resolved
  if (entry == nullptr) return;
  for (const Word& word : in.in.unsets)
    if (word.text == key)
      chain.push_back({single("unset", word.at), {OriginKind::CommandLine, word.at, "--unset"}});
  if (auto value = to_value(entry->value, key, ignored))
    chain.push_back({std::move(*value),
                     {entry->from.empty() ? OriginKind::Preset : OriginKind::InheritedPreset,
                      entry->value.at(), entry->from.empty() ? in.in.preset->name : entry->from}});
}

std::vector<Link> option_chain(const CheckInput& in, const OptionSpec& option) {
  std::vector<Link> chain;
  if (const Setting* set = in.settings.find(option.key)) chain = links_of(*set);
  if (const auto handed_out = view::launcher_replicas(in, option.key))
    chain.insert(chain.begin(), {handed_out->value, handed_out->origin});
  add_unset(in, option.key, chain);
  Settings others;
  for (const Setting& set : in.settings.all())
    if (set.key != option.key) others.assign(set.name(), set.value, set.origin);
  const Effective without(in.in.schema, in.in.purpose.script, others);
  if (auto set = without.setting(option.key)) chain.push_back({set->value, set->origin});
  return chain;
}

std::string layer_of(const Origin& origin) {
  switch (origin.kind) {
    case OriginKind::AppDefault:
      return "default";
    case OriginKind::LateDefault:
      return "default under these values";
    case OriginKind::InheritedPreset:
      return fmt::format("merged from {}", origin.by);
    case OriginKind::Derived:
      return fmt::format("derived: {}", origin.by);
    case OriginKind::CommandLine:
    case OriginKind::DataDirVariable:
      return std::string(origin_name(origin.kind));
    default:
      return fmt::format("{} {}", origin_name(origin.kind), origin.by);
  }
}

std::string place_of(Span at, const Sources& sources) {
  return at.line == 0 ? std::string(sources.name(at.source))
                      : fmt::format("{}:{}:{}", sources.name(at.source), at.line, at.column);
}

std::string chain_text(std::string_view head, const std::vector<Link>& chain,
                       const Sources& sources) {
  std::string out = fmt::format("{}\n\n", head);
  std::size_t values = 0;
  std::size_t layers = 0;
  for (const Link& link : chain) {
    values = std::max(values, value_text(link.value).size());
    layers = std::max(layers, layer_of(link.origin).size());
  }
  constexpr std::size_t kWidestValue = 24;
  values = std::min(values, kWidestValue);
  bool first = true;
  for (const Link& link : chain) {
    out += fmt::format("{} {:<{}}  {:<{}}  {}\n", first ? '>' : ' ', value_text(link.value), values,
                       layer_of(link.origin), layers, place_of(link.origin.at, sources));
    first = false;
  }
  return out;
}

/// A figure of the geometry and the figures it follows from.
struct Figure {
  std::string_view name;
  std::string_view relation;
  std::optional<Quantity> Geometry::*quantity;
};
constexpr Figure kFigures[] = {
    {"global_batch", "micro batch x accumulation x replicas", &Geometry::global_batch},
    {"ipus", "replicas x IPUs per replica", &Geometry::ipus},
    {"instances", "the most that fit replicas, hosts and IPU-Link domains", &Geometry::instances},
    {"hosts", "the target's, or what the IPUs in use need", &Geometry::hosts},
    {"ilds", "the target's IPU-Link domains", &Geometry::ilds},
    {"stages", "pipeline splits + 1", &Geometry::stages},
};

/// Figures that an option stands for, and that follow from others where nothing sets it.
constexpr Figure kOfOptions[] = {
    {"accumulation", "global batch / (micro batch x replicas)", &Geometry::accumulation},
    {"ipus_per_replica", "what one replica takes", &Geometry::ipus_per_replica},
};

std::optional<Link> figure_link(const Geometry& geometry, const Figure& figure) {
  const auto& quantity = geometry.*figure.quantity;
  if (!quantity) return std::nullopt;
  Origin origin = quantity->origin;
  if (origin.kind <= OriginKind::Derived)
    origin = {OriginKind::Derived, origin.at, figure.relation};
  return Link{single(std::to_string(quantity->value), origin.at, ScalarType::Int), origin};
}

std::string render(std::string_view key, const std::vector<Link>& chain, std::string_view about,
                   const Sources& sources, ViewFormat format, std::size_t width) {
  if (format == ViewFormat::Json) {
    Json json = {{"key", key}};
    if (chain.empty())
      json["value"] = nullptr;
    else
      json.update(link_json(chain.front(), sources));
    json["losers"] = Json::array();
    for (std::size_t i = 1; i < chain.size(); ++i)
      json["losers"].push_back(link_json(chain[i], sources));
    return view::dump({{"schema", "ipucnn.explain/1"}, {"settings", Json::array({json})}});
  }
  std::string head = fmt::format(
      "{} {}", key, chain.empty() ? "not set" : "is " + value_text(chain.front().value));
  if (!about.empty()) {
    const bool fits = width == 0 || terminal_columns(head) + 2 + terminal_columns(about) <= width;
    head += fits ? fmt::format("  {}", about) : "\n  " + wrapped(about, 2, width);
  }
  return chain_text(head, chain, sources);
}

}  // namespace

std::optional<std::string> explain_key(const CheckInput& in, std::string_view asked,
                                       const Sources& sources, ViewFormat format,
                                       std::size_t width) {
  const AppSchema& schema = in.in.schema;
  const Effective effective(schema, in.in.purpose.script, in.settings);
  std::string key =
      replace_char(asked.substr(std::min(asked.find_first_not_of('-'), asked.size())), '-', '_');
  if (key == "partition" && !schema.knows_key(key)) key = "vipu_partition";  // as --launch takes it
  for (const Figure& figure : kFigures) {
    if (figure.name != key) continue;
    // Where an option of the application holds it, that is what is asked for.
    if (figure.name == "global_batch" && in.geometry.own_global_batch) break;
    const auto link = figure_link(in.geometry, figure);
    return render(key, link ? std::vector{*link} : std::vector<Link>{}, {}, sources, format, width);
  }
  if (const Setting* set = in.launch.values.find(key); set != nullptr && !schema.knows_key(key))
    return render(key, links_of(*set), "(launch setting)", sources, format, width);
  for (const OptionSpec& option : schema.options(in.in.purpose.script, effective.facts())) {
    const auto quantity = schema.quantity_of(option.key);
    const bool is_it = option.key == key || option.flag == asked ||
                       replace_char(option.flag.substr(2), '-', '_') == key ||
                       (quantity && quantity_key(*quantity) == key);
    if (!is_it) continue;
    const std::string about = fmt::format("({} of {}{}{})", option.flag, in.in.purpose.script,
                                          option.about ? ": " : "", option.about.text());
    std::vector<Link> chain = option_chain(in, option);
    for (const Figure& figure : kOfOptions)
      if (chain.empty() && quantity && figure.name == quantity_key(*quantity))
        if (auto link = figure_link(in.geometry, figure)) chain.push_back(std::move(*link));
    return render(option.key, chain, about, sources, format, width);
  }
  if (const Setting* set = in.settings.find(key))
    return render(key, links_of(*set), "(no option of the script)", sources, format, width);
  if (find_field("launch", key)) return render(key, {}, "(launch setting)", sources, format, width);
  return std::nullopt;
}

std::vector<std::string_view> explainable_keys(const CheckInput& in) {
  std::vector<std::string_view> keys;
  const Effective effective(in.in.schema, in.in.purpose.script, in.settings);
  for (const OptionSpec& option : in.in.schema.options(in.in.purpose.script, effective.facts()))
    keys.push_back(option.key);
  for (const Figure& figure : kFigures) keys.push_back(figure.name);
  for (const Setting& set : in.launch.values.all()) keys.push_back(set.key);
  return keys;
}

std::string explain_json(const std::vector<StepSettings>& steps, const Sources& sources) {
  Json all = Json::array();
  for (const StepSettings& step : steps) {
    Json list = Json::array();
    for (const Setting& set : step.settings.all()) {
      Json json = {{"key", set.key}};
      json.update(link_json({set.value, set.origin}, sources));
      json["losers"] = Json::array();
      for (const Shadowed& lost : set.shadowed)
        json["losers"].push_back(link_json({lost.value, lost.origin}, sources));
      list.push_back(std::move(json));
    }
    all.push_back({{"step", step.step}, {"settings", std::move(list)}});
  }
  return view::dump({{"schema", "ipucnn.explain/2"}, {"steps", std::move(all)}});
}

}  // namespace ipucnn
