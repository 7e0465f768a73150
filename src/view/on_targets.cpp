// `show NAME --targets`: one job on every machine.
#include "ipucnn/view.h"
#include "view/table.h"
#include "view/typed_json.h"

namespace ipucnn {
namespace {

using view::Json;
using view::Table;

Json json_of(const std::vector<OnTarget>& all) {
  Json list = Json::array();
  for (const OnTarget& on : all) {
    Json errors = Json::array();
    for (const OnTarget::Fault& fault : on.faults)
      errors.push_back({{"id", fault.id}, {"message", fault.message}});
    list.push_back({{"target", on.target},
                    {"geometry", on.faults.empty() ? view::geometry_json(on.geometry) : Json()},
                    {"errors", std::move(errors)}});
  }
  return {{"schema", "ipucnn.on_targets/1"}, {"targets", std::move(list)}};
}

}  // namespace

std::string show_on_targets(const std::vector<OnTarget>& all, ViewFormat format,
                            std::size_t width) {
  if (format == ViewFormat::Json) return view::dump(json_of(all));
  Table fits({"TARGET", "REPLICAS", "ACCUMULATION", "GLOBAL BATCH", "IPUS", "INSTANCES", "HOSTS"});
  Table refused({"REFUSED", "WHY"});
  bool none = true;
  bool each = true;
  for (const OnTarget& on : all) {
    if (on.faults.empty()) {
      const Geometry& g = on.geometry;
      fits.add({on.target, view::cell(g.replicas), view::cell(g.accumulation),
                view::cell(g.global_batch), view::cell(g.ipus), view::cell(g.instances),
                view::cell(g.hosts)});
      none = false;
    } else {
      refused.add({on.target, on.faults.front().id + ": " + on.faults.front().message});
      each = false;
    }
  }
  return (none ? "" : fits.text()) + (none || each ? "" : "\n") + (each ? "" : refused.text(width));
}

}  // namespace ipucnn
