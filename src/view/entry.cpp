// One target, site, profile or job with all it extends: each value and where it stands.
#include <fmt/format.h>

#include <cmath>

#include "ipucnn/view.h"
#include "view/table.h"
#include "view/typed_json.h"

namespace ipucnn {
namespace {

using view::Json;

Json scalar_json(Node node) {
  switch (node.type()) {
    case ScalarType::Null:
      return nullptr;
    case ScalarType::Bool:
      return yaml_bool(node.text());
    case ScalarType::Int:
      if (const auto value = yaml_int(node.text())) return *value;
      break;
    case ScalarType::Float:
      if (const auto value = yaml_float(node.text()); value && std::isfinite(*value)) return *value;
      break;
    case ScalarType::String:
      break;
  }
  return node.text();
}

Json node_json(Node node) {
  if (node.is_map()) {
    Json map = Json::object();
    node.each_pair([&](Node key, Node value) { map[std::string(key.text())] = node_json(value); });
    return map;
  }
  if (!node.is_list()) return scalar_json(node);
  Json list = Json::array();
  for (const Node item : node) list.push_back(node_json(item));
  return list;
}

std::string value_text(Node node) {
  if (node.is_scalar()) return std::string(node.text());
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  for (const Node item : node.is_list() ? node : Node()) add(value_text(item));
  return text.empty() ? "-" : text;
}

/// Mappings become rows of their own, `ipu.tiles`. A place in `file` is a line of it.
void add_rows(Node map, const std::string& before, const Sources& sources, SourceId file,
              view::Table& table) {
  map.each_pair([&](Node key, Node value) {
    const std::string name = before + std::string(key.text());
    if (value.is_map() && value.size() > 0)
      return add_rows(value, name + ".", sources, file, table);
    const Span at = value.at();
    table.add({name,
               at.source == file ? std::to_string(at.line)
                                 : fmt::format("{}:{}", sources.name(at.source), at.line),
               value.is_map() ? "-" : value_text(value)});
  });
}

}  // namespace

std::string show_entry(Section section, const Entry& entry, const Sources& sources,
                       ViewFormat format, std::size_t width) {
  const Span at = entry.name.at();
  if (format == ViewFormat::Text) {
    view::Table table({"KEY", "LINE", "VALUE"});
    add_rows(entry.body, "", sources, at.source, table);
    return fmt::format("{}  ({}:{})\n{}", entry.name.text(), sources.name(at.source), at.line,
                       table.text(width));
  }
  return view::dump({{"schema", "ipucnn.entry/1"},
                     {"section", section_key(section)},
                     {"name", entry.name.text()},
                     {"file", sources.name(at.source)},
                     {"line", at.line},
                     {"values", node_json(entry.body)}});
}

}  // namespace ipucnn
