// The tables of `show presets`, `show targets` and their like.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "ipucnn/schema.h"
#include "ipucnn/view.h"
#include "view/table.h"
#include "view/typed_json.h"

namespace ipucnn {
namespace {

using view::Json;
using view::Table;

std::string entry_text(Node body, std::string_view key) {
  const Node value = body.find(key);
  return value.is_scalar() && !value.is_null() ? std::string(value.text()) : "-";
}

Json entry_json(Node body, std::string_view key) {
  if (const auto number = body.find_int(key)) return *number;
  if (const auto text = body.find_text(key)) return *text;
  return nullptr;
}

/// Names with one line about each, for sections that need no more.
std::string named_entries(const Catalog& catalog, Section section, ViewFormat format,
                          const std::vector<std::string>& keys) {
  if (format == ViewFormat::Json) {
    Json list = Json::array();
    for (const Entry& entry : catalog.entries(section)) {
      Json json = {{"name", entry.name.text()}};
      for (const std::string& key : keys) json[key] = entry_json(entry.body, key);
      list.push_back(std::move(json));
    }
    return view::dump({{"schema", "ipucnn.list/1"}, {section_key(section), std::move(list)}});
  }
  std::vector<std::string> head = {"NAME"};
  for (const std::string& key : keys) head.push_back(to_upper(key));
  Table table(head);
  for (const Entry& entry : catalog.entries(section)) {
    std::vector<std::string> row = {std::string(entry.name.text())};
    for (const std::string& key : keys) row.push_back(entry_text(entry.body, key));
    table.add(std::move(row));
  }
  return table.text();
}

std::string show_targets(const Catalog& catalog, ViewFormat format) {
  if (format == ViewFormat::Json) {
    Json list = Json::array();
    for (const Entry& entry : catalog.entries(Section::Targets)) {
      Json json = {{"name", entry.name.text()}, {"machine", entry_json(entry.body, "name")}};
      for (const std::string key :
           {"generation", "ipus", "ilds", "default_hosts", "instances_per_host", "launcher"})
        json[key] = entry_json(entry.body, key);
      list.push_back(std::move(json));
    }
    return view::dump({{"schema", "ipucnn.list/1"}, {"targets", std::move(list)}});
  }
  Table table({"TARGET", "IPUS", "ILDS", "HOSTS", "INST/HOST", "LAUNCHER", "MACHINE"});
  for (const Entry& entry : catalog.entries(Section::Targets)) {
    const Node body = entry.body;
    table.add({std::string(entry.name.text()), entry_text(body, "ipus"), entry_text(body, "ilds"),
               entry_text(body, "default_hosts"), entry_text(body, "instances_per_host"),
               entry_text(body, "launcher"), entry_text(body, "name")});
  }
  return table.text();
}

/// Releases that are this one.
std::vector<std::string_view> aliases_of(const AppSchema& schema) {
  std::vector<std::string_view> names;
  const Node aliases = schema.node().find("aliases");
  if (aliases.is_list())
    for (const Node alias : aliases) names.push_back(alias.text());
  return names;
}

std::string show_apps(const Catalog& catalog, ViewFormat format) {
  Json list = Json::array();
  std::string text;
  for (const Entry& entry : catalog.entries(Section::Applications)) {
    Diagnostics ignored;
    const auto schema = AppSchema::load(catalog, entry, ignored);
    if (!schema) continue;
    const std::size_t options = schema->option_entries().size();
    const std::string title(schema->node().find_text("title").value_or("-"));
    const std::size_t presets = catalog.presets(parse_app_id(schema->id())).size();
    if (format == ViewFormat::Json) {
      Json purposes = Json::object();
      for (const std::string_view name : schema->purposes())
        purposes[std::string(name)] = schema->purpose(name)->program;
      list.push_back({{"name", schema->name()},
                      {"release", schema->release()},
                      {"title", title},
                      {"source", entry_json(entry.body, "source")},
                      {"aliases", aliases_of(*schema)},
                      {"options", options},
                      {"presets", presets},
                      {"purposes", std::move(purposes)}});
      continue;
    }
    text += fmt::format("{}  {}\n  {}\n  {}, {}\n", schema->id(), title,
                        entry_text(entry.body, "source"),
                        counted(static_cast<std::int64_t>(options), "option"),
                        counted(static_cast<std::int64_t>(presets), "preset"));
    if (const auto aliases = aliases_of(*schema); !aliases.empty())
      text += fmt::format("  the same: {}\n", fmt::join(aliases, ", "));
    for (const std::string_view name : schema->purposes())
      text += fmt::format("  --purpose {:<11} {}\n", name, schema->purpose(name)->program);
  }
  return format == ViewFormat::Json
             ? view::dump({{"schema", "ipucnn.list/1"}, {"applications", std::move(list)}})
             : text;
}

std::string show_jobs(const Catalog& catalog, ViewFormat format, std::size_t width) {
  Json list = Json::array();
  Table table({"JOB", "TARGET", "ABOUT"});
  for (const Entry& entry : catalog.entries(Section::Jobs)) {
    Diagnostics ignored;  // a job that cannot be read is reported when it is run
    const auto job = flatten_job(catalog, entry, {}, ignored);
    const auto text = [&](std::string_view key) {
      const Node value = job ? job->find(key) : Node{};
      return value.is_scalar() && !value.is_null() ? std::optional(value.text()) : std::nullopt;
    };
    const Node site = catalog.find(Section::Sites, text("site").value_or("")).body;
    const auto target = text("target") ? text("target") : site.find_text("target");
    if (format == ViewFormat::Text) {
      table.add({std::string(entry.name.text()), std::string(target.value_or("-")),
                 std::string(text("about").value_or("-"))});
      continue;
    }
    const auto json = [](std::optional<std::string_view> value) {
      return value ? Json(*value) : Json(nullptr);
    };
    list.push_back({{"name", entry.name.text()},
                    {"application", json(text("application"))},
                    {"preset", json(text("preset"))},
                    {"purpose", json(text("purpose"))},
                    {"target", json(target)},
                    {"site", json(text("site"))},
                    {"profile", json(text("profile"))},
                    {"about", json(text("about"))}});
  }
  return format == ViewFormat::Json
             ? view::dump({{"schema", "ipucnn.list/1"}, {"jobs", std::move(list)}})
             : table.text(width);
}

std::string show_files(const Catalog& catalog, const Sources& sources, ViewFormat format) {
  Json list = Json::array();
  std::string text;
  for (const Catalog::File& file : catalog.files()) {
    const std::string_view name = sources.name(file.tree.source);
    if (format == ViewFormat::Json)
      list.push_back(
          {{"layer", layer_name(file.layer)},
           {"file", name},
           {"application", file.application.empty() ? Json(nullptr) : Json(file.application)}});
    else
      text += fmt::format(
          "{:<9} {}{}\n", layer_name(file.layer), name,
          file.application.empty() ? "" : "  (configs.yml of " + file.application + ")");
  }
  return format == ViewFormat::Json
             ? view::dump({{"schema", "ipucnn.list/1"}, {"files", std::move(list)}})
             : text;
}

}  // namespace

std::string entries_read(const Catalog& catalog, const std::vector<SourceId>& files) {
  constexpr std::pair<Section, std::string_view> kKinds[] = {
      {Section::Applications, "application"},
      {Section::Targets, "target"},
      {Section::Sites, "site"},
      {Section::Profiles, "profile"},
      {Section::Defaults, "default"},
  };
  std::vector<std::string> parts;
  for (const auto& [section, name] : kKinds) {
    std::size_t count = 0;
    for (const Catalog::File& file : catalog.files())
      if (file.application.empty() &&
          std::find(files.begin(), files.end(), file.tree.source) != files.end())
        count += root(file.tree).find(section_key(section)).size();
    if (count > 0) parts.push_back(counted(static_cast<std::int64_t>(count), name));
  }
  if (parts.size() < 2) return join(parts, "");
  const std::string last = parts.back();
  parts.pop_back();
  return join(parts, ", ") + " and " + last;
}

std::string show_presets(const std::vector<PresetRow>& rows, ViewFormat format) {
  if (format == ViewFormat::Json) {
    Json list = Json::array();
    for (const PresetRow& row : rows)
      list.push_back({{"name", row.name},
                      {"application", row.application},
                      {"group", row.group.empty() ? Json(nullptr) : Json(row.group)},
                      {"target", row.target ? Json(*row.target) : Json(nullptr)},
                      {"site", row.site ? Json(*row.site) : Json(nullptr)},
                      {"geometry", view::geometry_json(row.geometry)}});
    return view::dump({{"schema", "ipucnn.list/1"}, {"presets", std::move(list)}});
  }
  std::string text;
  const std::vector<std::string> head = {"PRESET", "MICRO", "ACC",   "REPL",
                                         "GLOBAL", "IPUS",  "TARGET"};
  for (std::size_t i = 0; i < rows.size();) {
    const PresetRow& first = rows[i];
    Table table(head);
    std::optional<std::string> site;
    for (; i < rows.size() && rows[i].application == first.application &&
           rows[i].group == first.group;
         ++i) {
      const Geometry& g = rows[i].geometry;
      if (rows[i].site) site = rows[i].site;
      table.add({rows[i].name, view::cell(g.micro_batch), view::cell(g.accumulation),
                 view::cell(g.replicas), view::cell(g.global_batch), view::cell(g.ipus),
                 rows[i].target.value_or("-")});
    }
    const std::string group = first.group.empty() ? "" : "/" + first.group;
    text += fmt::format("{}{}{}{}\n{}", text.empty() ? "" : "\n", first.application, group,
                        site ? ", at the site " + *site : "", table.text());
  }
  return text;
}

std::span<const std::string_view> lists_to_show() {
  static constexpr std::string_view kLists[] = {"presets",  "targets", "apps",  "sites",
                                                "profiles", "jobs",    "config"};
  return kLists;
}

std::string show_list(std::string_view word, const Catalog& catalog, const Sources& sources,
                      ViewFormat format, std::size_t width) {
  if (word == "targets") return show_targets(catalog, format);
  if (word == "apps") return show_apps(catalog, format);
  if (word == "sites")
    return named_entries(catalog, Section::Sites, format, {"target", "vipu_partition", "data_dir"});
  if (word == "profiles")
    return named_entries(catalog, Section::Profiles, format, {"extends", "python", "verbosity"});
  if (word == "jobs") return show_jobs(catalog, format, width);
  return show_files(catalog, sources, format);
}

}  // namespace ipucnn
