// `show NAME`: one preset as it is in force, and a job as a file has it.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "ipucnn/view.h"
#include "ipucnn/yaml_text.h"
#include "view/launcher_replicas.h"
#include "view/typed_json.h"

namespace ipucnn {
namespace {

using view::Json;

/// The layer a value comes from, with the name and the file of it: the head of a group of rows.
std::string layer_text(const Origin& origin, const Sources& sources) {
  switch (origin.kind) {
    case OriginKind::CommandLine:
      return "command line";
    case OriginKind::DataDirVariable:
      return "variable DATA_DIR";
    case OriginKind::Derived:
      return fmt::format("derived: {}", origin.by);
    default:
      return fmt::format("{} {}, {}", origin_name(origin.kind), origin.by,
                         sources.name(origin.at.source));
  }
}

std::string figure(const std::optional<Quantity>& quantity) {
  return quantity ? std::to_string(quantity->value) : "?";
}

std::string ipus_line(const Geometry& g) {
  std::string out = fmt::format("IPUs {} = {} x {} per replica", figure(g.ipus),
                                g.replicas ? counted(g.replicas->value, "replica") : "? replicas",
                                figure(g.ipus_per_replica));
  if (g.stages && g.stages->value > 1)
    out += fmt::format(", {} pipeline stages{}", g.stages->value,
                       g.schedule.empty() ? "" : " (" + g.schedule + ")");
  return out + "\n";
}

std::string geometry_line(const Geometry& g) {
  std::string out = fmt::format("global batch {} = micro batch {}", figure(g.global_batch),
                                figure(g.micro_batch));
  if (g.accumulation) out += fmt::format(" x accumulation {}", g.accumulation->value);
  out += fmt::format(" x {}\n", g.replicas ? counted(g.replicas->value, "replica") : "? replicas");
  // A device that is no IPU holds one replica, and there is nothing to say of it.
  if (g.processes != ProcessModel::OneReplicaEach) out += ipus_line(g);
  if (g.processes == ProcessModel::ShareReplicas)
    out += fmt::format("{}: {} on {}, {}\n", g.launcher,
                       g.instances ? counted(g.instances->value, "instance") : "? instances",
                       g.hosts ? counted(g.hosts->value, "host") : "? hosts",
                       g.ilds ? counted(g.ilds->value, "IPU-Link domain") : "? IPU-Link domains");
  return out;
}

/// The rows under the layer that each comes from, strongest layer first.
std::string groups_text(const std::vector<Setting>& rows, const Sources& sources) {
  std::vector<std::pair<std::string, std::vector<const Setting*>>> groups;
  std::vector<const Setting*> sorted;
  std::size_t key_width = 0;
  for (const Setting& row : rows) {
    sorted.push_back(&row);
    key_width = std::max(key_width, row.key.size());
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const Setting* a, const Setting* b) {
    return a->origin.kind > b->origin.kind;
  });
  for (const Setting* row : sorted) {
    const std::string layer = layer_text(row->origin, sources);
    const auto known = std::find_if(groups.begin(), groups.end(),
                                    [&](const auto& group) { return group.first == layer; });
    if (known == groups.end())
      groups.push_back({layer, {row}});
    else
      known->second.push_back(row);
  }
  std::string out;
  for (const auto& [layer, members] : groups) {
    out += (out.empty() ? "" : "\n") + layer + "\n";
    for (const Setting* row : members)
      out += fmt::format("  {:<{}}  {}\n", row->key, key_width, value_text(row->value));
  }
  return out;
}

constexpr std::size_t kWidth = 100;

/// A list on one line, or an item a line where that would be long.
std::string yaml_list(const Value& value, std::size_t indent) {
  std::string line = yaml_text(value);
  if (indent + line.size() <= kWidth) return " " + line + "\n";
  std::string lines = "\n";
  for (const Scalar& item : value.items)
    lines += fmt::format("{:{}}- {}\n", "", indent, yaml_text(item));
  return lines;
}

void write_setting(std::string_view key, const Value& value, std::size_t indent, std::string& out) {
  out += fmt::format("{:{}}{}:", "", indent, yaml_text({std::string(key), ScalarType::String, {}}));
  out += value.is_list ? yaml_list(value, indent) : " " + yaml_text(value) + "\n";
}

void write_pairs(Node map, std::size_t indent, std::string& out) {
  Diagnostics ignored;  // a job holds scalars, lists of them, and mappings
  map.each_pair([&](Node key, Node body) {
    if (!body.is_map()) {
      if (const auto value = to_value(body, key.text(), ignored))
        write_setting(key.text(), *value, indent, out);
      return;
    }
    out += fmt::format("{:{}}{}:\n", "", indent, yaml_text(to_scalar(key)));
    write_pairs(body, indent + 2, out);
  });
}

}  // namespace

namespace view {

std::optional<Setting> launcher_replicas(const CheckInput& in, std::string_view key) {
  const Effective effective(in.in.schema, in.in.purpose.script, in.settings);
  const auto& replicas = in.geometry.replicas;
  const Setting* set = in.settings.find(key);
  if (in.geometry.processes != ProcessModel::ShareReplicas || !replicas || set == nullptr ||
      effective.key_of(QuantityName::Replicas) != key || set->value.scalar() == nullptr)
    return std::nullopt;
  const std::string text = std::to_string(replicas->value);
  if (set->value.scalar()->text == text) return std::nullopt;
  return Setting{
      set->key, single(text, replicas->origin.at, ScalarType::Int), replicas->origin, {}};
}

}  // namespace view

std::string job_yaml(const Entry& job, const Settings& options) {
  constexpr std::size_t kJob = 2;
  constexpr std::size_t kKeys = 4;
  constexpr std::size_t kValues = 6;
  std::string out = fmt::format("{:{}}{}:\n", "", kJob, yaml_text(to_scalar(job.name)));
  Diagnostics ignored;  // as above
  job.body.each_pair([&](Node key, Node body) {
    if (body.is_map()) return;
    if (const auto value = to_value(body, key.text(), ignored))
      write_setting(key.text(), *value, kKeys, out);
  });
  const Node own = job.body.find("options");
  if (own || !options.all().empty()) out += fmt::format("{:{}}options:\n", "", kKeys);
  write_pairs(own, kValues, out);
  for (const Setting& set : options.all()) write_setting(set.key, set.value, kValues, out);
  for (const char* section : {"sweep", "launch"}) {
    const Node pairs = job.body.find(section);
    if (!pairs) continue;
    out += fmt::format("{:{}}{}:\n", "", kKeys, section);
    write_pairs(pairs, kValues, out);
  }
  return out;
}

std::string show_job(const CheckInput& in, const Sources& sources, bool defaults,
                     ViewFormat format) {
  const AppSchema& schema = in.in.schema;
  const Effective effective(schema, in.in.purpose.script, in.settings);
  std::vector<Setting> rows(in.settings.all().begin(), in.settings.all().end());
  for (Setting& row : rows)
    if (const auto handed_out = view::launcher_replicas(in, row.key)) row = *handed_out;
  if (defaults) {
    for (const OptionSpec& option : schema.options(in.in.purpose.script, effective.facts())) {
      if (in.settings.find(option.key) != nullptr) continue;
      if (auto setting = effective.setting(option.key)) rows.push_back(std::move(*setting));
    }
  }
  const std::string_view name = in.in.preset == nullptr ? "" : in.in.preset->name;
  if (format == ViewFormat::Json) {
    Json values = Json::object();
    for (const Setting& row : rows)
      values[row.key] = view::typed_json(row, effective.option(row.key));
    return view::dump({{"schema", "ipucnn.show/1"},
                       {"preset", name.empty() ? Json(nullptr) : Json(name)},
                       {"application", schema.name()},
                       {"release", schema.release()},
                       {"purpose", in.in.purpose.name},
                       {"target", in.target.target.id},
                       {"settings", std::move(values)},
                       {"geometry", view::geometry_json(in.geometry)}});
  }
  std::string out = fmt::format("{}{}{}, {} on {}\n", name, name.empty() ? "" : "  ", schema.id(),
                                in.in.purpose.name, in.target.target.id);
  out += geometry_line(in.geometry) + "\n";
  return out + groups_text(rows, sources);
}

}  // namespace ipucnn
