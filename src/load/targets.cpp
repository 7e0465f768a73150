#include <fmt/format.h>

#include "ipucnn/target.h"
#include "ipucnn/value.h"

namespace ipucnn {

std::optional<Target> read_target(const Entry& entry, Diagnostics& out) {
  const Node body = entry.body;
  if (!body.is_map()) {
    out.add(FindingId::Y005, entry.name.at(),
            fmt::format("the target {} is no mapping", entry.name.text()));
    return std::nullopt;
  }
  Target target;
  target.id = entry.name.text();
  target.name = body.find_text("name").value_or(target.id);
  target.generation = body.find_text("generation").value_or("none");
  target.launcher = body.find_text("launcher").value_or("poprun");
  target.ipus = body.find_int("ipus");
  target.default_hosts = body.find_int("default_hosts").value_or(1);
  target.instances_per_host = body.find_int("instances_per_host");
  target.at = entry.name.at();
  for (const std::string_view key : {"ipus", "default_hosts", "instances_per_host"}) {
    const Node value = body.find(key);
    if (!value || value.is_null() || is_figure(body.find_int(key).value_or(0))) continue;
    out.add(FindingId::K015, value.at(),
            fmt::format("{} of the target {} is not a whole number from 1 to {}", key, target.id,
                        kLargestFigure));
    return std::nullopt;
  }
  return target;
}

Entry find_target(const Catalog& catalog, std::string_view name) {
  if (Entry entry = catalog.find(Section::Targets, name)) return entry;
  for (const Entry& entry : catalog.entries(Section::Targets))
    if (entry.body.find("aliases").contains(name)) return entry;
  return {};
}

}  // namespace ipucnn
