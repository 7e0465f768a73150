#include "check/layers.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.h"

namespace ipucnn::checking {
namespace {

void add_list(Node names, std::vector<std::string>& out) {
  if (names.is_list())
    for (const Node name : names) out.emplace_back(name.text());
}

std::string filled(std::string_view pattern, std::int64_t group, std::int64_t unit) {
  std::string out(pattern);
  const auto put = [&](std::string_view hole, std::int64_t value) {
    const std::size_t at = out.find(hole);
    if (at != std::string::npos) out.replace(at, hole.size(), std::to_string(value));
  };
  put("{group}", group);
  put("{unit}", unit);
  return out;
}

/// No network has as many; a slip in a descriptor must not fill the memory.
constexpr std::int64_t kMostUnits = 1000;

/// `units` per group: groups count from 1, units from 0.
void add_units(Node units, Node patterns, std::vector<std::string>& out) {
  std::int64_t group = 0;
  for (const Node count : units) {
    ++group;
    const std::int64_t last = std::min(yaml_int(count.text()).value_or(0), kMostUnits);
    for (std::int64_t unit = 0; unit < last; ++unit)
      for (const Node pattern : patterns) out.push_back(filled(pattern.text(), group, unit));
  }
}

}  // namespace

Layers model_layers(RuleFacts& facts) {
  Layers out;
  const Node kinds = facts.input().in.schema.node().find("layers");
  if (!kinds.is_list()) return out;
  for (const Node kind : kinds) {
    if (all_hold(kind.find("when"), facts) != Holds::Yes) continue;
    out.in_order = !kind.find_bool("any_order", false);
    if (const Node sizes = kind.find("units")) {
      const Node units = sizes.find(facts.find(kind.find_text("size").value_or("")).text);
      if (!units.is_list()) return out;
      add_list(kind.find("first"), out.names);
      add_units(units, kind.find("unit"), out.names);
      add_list(kind.find("last"), out.names);
    } else {
      add_list(kind.find("names"), out.names);
    }
    return out;
  }
  return out;
}

std::string near_layers(std::string_view name, const std::vector<std::string>& layers) {
  const std::vector<std::string_view> views(layers.begin(), layers.end());
  const auto near = nearest_names(name, views);
  if (!near.empty()) return suggestion(name, views);
  return fmt::format("layers run from {} to {}; {} is one of them", layers.front(), layers.back(),
                     layers[layers.size() / 2]);
}

}  // namespace ipucnn::checking
