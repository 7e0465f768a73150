// `show NAME --diff OTHER`: what two jobs do not have in common.
#include <fmt/format.h>

#include <algorithm>

#include "ipucnn/view.h"
#include "view/table.h"
#include "view/typed_json.h"

namespace ipucnn {
namespace {

using view::Json;

struct Difference {
  std::string key;
  std::optional<Setting> left;
  std::optional<Setting> right;
};

std::string_view name_of(const CheckInput& in) {
  return in.in.preset == nullptr ? in.in.schema.id() : in.in.preset->name;
}

/// What tells the two apart, at the head of their columns.
std::string heading(const CheckInput& in, const CheckInput& other) {
  const std::string_view id = in.in.schema.id();
  if (id == other.in.schema.id()) return std::string(name_of(in));
  if (name_of(in) == name_of(other)) return std::string(id);
  return in.in.preset == nullptr ? std::string(id) : fmt::format("{}:{}", id, name_of(in));
}

/// Keys of both in the left descriptor's order, then those only the right one or a preset has.
std::vector<std::string> keys_of(const CheckInput& left, const CheckInput& right) {
  std::vector<std::string> keys;
  const auto add = [&](std::string_view key) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.emplace_back(key);
  };
  for (const CheckInput* in : {&left, &right}) {
    const Effective effective(in->in.schema, in->in.purpose.script, in->settings);
    for (const OptionSpec& option : in->in.schema.options(in->in.purpose.script, effective.facts()))
      add(option.key);
    for (const Setting& set : in->settings.all()) add(set.key);
  }
  return keys;
}

std::vector<Difference> differences(const CheckInput& left, const CheckInput& right) {
  const Effective ours(left.in.schema, left.in.purpose.script, left.settings);
  const Effective theirs(right.in.schema, right.in.purpose.script, right.settings);
  std::vector<Difference> out;
  for (const std::string& key : keys_of(left, right)) {
    Difference d{key, ours.setting(key), theirs.setting(key)};
    const bool same = d.left && d.right && same_value(d.left->value, d.right->value);
    if (!same && (d.left || d.right)) out.push_back(std::move(d));
  }
  return out;
}

std::string cell(const std::optional<Setting>& setting) {
  return setting ? value_text(setting->value) : "-";
}

Json cell_json(const std::optional<Setting>& setting, const CheckInput& in) {
  if (!setting) return nullptr;
  const Effective effective(in.in.schema, in.in.purpose.script, in.settings);
  return view::typed_json(*setting, effective.option(setting->key));
}

}  // namespace

std::string show_diff(const CheckInput& left, const CheckInput& right, ViewFormat format,
                      std::size_t width) {
  const std::vector<Difference> found = differences(left, right);
  const Json left_geometry = view::geometry_json(left.geometry);
  const Json right_geometry = view::geometry_json(right.geometry);
  Json figures = Json::object();
  for (const auto& [key, value] : left_geometry.items())
    if (value != right_geometry[key]) figures[key] = {value, right_geometry[key]};
  if (format == ViewFormat::Json) {
    Json settings = Json::object();
    for (const Difference& d : found)
      settings[d.key] = {cell_json(d.left, left), cell_json(d.right, right)};
    return view::dump({{"schema", "ipucnn.diff/1"},
                       {"left", name_of(left)},
                       {"right", name_of(right)},
                       {"settings", std::move(settings)},
                       {"geometry", std::move(figures)}});
  }
  if (found.empty() && figures.empty())
    return fmt::format("{} and {} are the same\n", heading(left, right), heading(right, left));
  view::Table table({"", heading(left, right), heading(right, left)});
  for (const Difference& d : found) table.add({d.key, cell(d.left), cell(d.right)});
  const auto text = [](const Json& figure) { return figure.is_null() ? "-" : figure.dump(); };
  for (const auto& [key, pair] : figures.items())
    table.add({"= " + key, text(pair[0]), text(pair[1])});
  return table.text(width);
}

}  // namespace ipucnn
