// `show NAME`: one preset as it is in force, and the two files a run keeps of it.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "ipucnn/view.h"
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
      return "derived: " + origin.by;
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

/// `-v` and `--host`, which YAML takes for nothing else.
bool is_option_name(std::string_view text) {
  const std::size_t name = text.find_first_not_of('-');
  return name != text.npos && name <= 2 && text[name] >= 'a' && text[name] <= 'z';
}

/// A scalar that YAML reads back as the same value: in quotes unless it is plain and of that type.
std::string yaml_scalar(const Scalar& scalar) {
  const bool same_type = plain_scalar_type(scalar.text) == scalar.type;
  const bool safe = !scalar.text.empty() &&
                    scalar.text.find_first_not_of(
                        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                        "_./+-@") == std::string::npos &&
                    scalar.text.front() != '@' &&
                    (scalar.text.front() != '-' || is_option_name(scalar.text));
  const bool number = scalar.type == ScalarType::Int || scalar.type == ScalarType::Float;
  if (scalar.type == ScalarType::Null) return "null";
  if (same_type && (safe || number)) return scalar.text;
  // JSON in double quotes would be all backslashes.
  const bool printable = std::none_of(scalar.text.begin(), scalar.text.end(),
                                      [](char c) { return c < ' ' || c == '\'' || c == '\x7f'; });
  if (printable && scalar.text.find('"') != std::string::npos) return "'" + scalar.text + "'";
  return nlohmann::json(scalar.text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string yaml_value(const Value& value) {
  if (!value.is_list) return value.items.empty() ? "null" : yaml_scalar(value.items.front());
  std::string out = "[";
  for (std::size_t i = 0; i < value.items.size(); ++i)
    out += (i == 0 ? "" : ", ") + yaml_scalar(value.items[i]);
  return out + "]";
}

constexpr std::size_t kWidth = 100;

/// A list on one line, or an item a line where that would be long.
std::string yaml_list(const Value& value, std::size_t indent) {
  std::string line = yaml_value(value);
  if (indent + line.size() <= kWidth) return " " + line + "\n";
  std::string lines = "\n";
  for (const Scalar& item : value.items)
    lines += fmt::format("{:{}}- {}\n", "", indent, yaml_scalar(item));
  return lines;
}

void write_setting(std::string_view key, const Value& value, std::size_t indent, std::string& out) {
  out +=
      fmt::format("{:{}}{}:", "", indent, yaml_scalar({std::string(key), ScalarType::String, {}}));
  out += value.is_list ? yaml_list(value, indent) : " " + yaml_value(value) + "\n";
}

void write_pairs(Node map, std::size_t indent, std::string& out) {
  Diagnostics ignored;  // a job holds scalars, lists of them, and mappings
  map.each_pair([&](Node key, Node body) {
    if (!body.is_map()) {
      if (const auto value = to_value(body, key.text(), ignored))
        write_setting(key.text(), *value, indent, out);
      return;
    }
    out += fmt::format("{:{}}{}:\n", "", indent, yaml_scalar(to_scalar(key)));
    write_pairs(body, indent + 2, out);
  });
}

}  // namespace

std::string job_yaml(const Entry& job, const Settings& options) {
  constexpr std::size_t kJob = 2;
  constexpr std::size_t kKeys = 4;
  constexpr std::size_t kValues = 6;
  std::string out = fmt::format("{:{}}{}:\n", "", kJob, yaml_scalar(to_scalar(job.name)));
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

std::string preset_yaml(const FlatPreset& preset) {
  std::string out = yaml_scalar({std::string(preset.name), ScalarType::String, {}}) + ":\n";
  std::vector<std::string_view> done;
  Diagnostics ignored;  // reported when the preset was resolved
  for (const PresetEntry& entry : preset.entries) {
    const std::string_view key = entry.key.text();
    if (std::find(done.begin(), done.end(), key) != done.end()) continue;
    done.push_back(key);
    if (const auto value = to_value(preset.find(key)->value, key, ignored))
      out += fmt::format("  {}: {}\n", key, yaml_value(*value));
  }
  return done.empty() ? out.insert(out.size() - 1, " {}") : out;
}

std::string show_job(const CheckInput& in, const Sources& sources, bool defaults,
                     ViewFormat format) {
  const AppSchema& schema = in.in.schema;
  const Effective effective(schema, in.in.purpose.script, in.settings);
  std::vector<Setting> rows = in.settings.all();
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
