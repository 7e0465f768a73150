// How long a step may take, and what is tried again.
#include <algorithm>

#include "ipucnn/file_schema.h"
#include "plan/parts.h"

namespace ipucnn::planning {
namespace {

/// The mapping under `key` of all that speak of it, weakest first.
std::vector<Node> layers(const PlanInput& in, std::string_view key) {
  std::vector<Node> all = {in.in.schema.node().find("scripts").find(in.in.purpose.script).find(key),
                           in.in.site.body.find(key)};
  if (in.in.job != nullptr) all.push_back(in.in.job->find(key));
  return all;
}

/// In place of what was said before; null and 0 take it away.
void set_limit(std::string_view phase, Node value, std::vector<Limit>& limits) {
  std::erase_if(limits, [&](const Limit& limit) { return limit.phase == phase; });
  if (const auto seconds = duration_of(value); seconds.value_or(0) > 0)
    limits.push_back({std::string(phase), *seconds});
}

}  // namespace

std::vector<Limit> limits_of(const PlanInput& in) {
  std::vector<Limit> limits;
  const Node script = in.in.schema.node().find("scripts").find(in.in.purpose.script);
  if (const Node phases = script.find("phases"); phases.is_list())
    for (const Node phase : phases)
      set_limit(phase.find_text("name").value_or(""), phase.find("limit"), limits);
  for (const Node layer : layers(in, "limits"))
    layer.each_pair([&](Node phase, Node value) {
      set_limit(phase.text() == "total" ? "run" : phase.text(), value, limits);
    });
  return limits;
}

std::optional<Retry> retry_of(const PlanInput& in) {
  Retry retry;
  for (const Node layer : layers(in, "retry")) {
    if (const auto times = layer.find_int("times")) retry.times = *times;
    const Node on = layer.find("on");
    if (!on || on.is_null()) continue;
    retry.on.clear();
    if (on.is_scalar()) retry.on.emplace_back(on.text());
    if (on.is_list())
      for (const Node word : on) retry.on.emplace_back(word.text());
  }
  return retry.times > 0 ? std::optional(std::move(retry)) : std::nullopt;
}

}  // namespace ipucnn::planning
