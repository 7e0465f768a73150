#include "report/plan_differences.h"

#include <fmt/format.h>

#include <map>

#include "base/text.h"

namespace ipucnn::reporting {
namespace {

using Facts = std::map<std::string, std::string>;

void add_differences(const std::string& step, const Facts& base, const Facts& next,
                     std::vector<PlanDifference>& all) {
  const auto value = [](const Facts& facts, const std::string& key) {
    const auto found = facts.find(key);
    return found == facts.end() ? std::string() : found->second;
  };
  Facts both = base;
  both.insert(next.begin(), next.end());
  for (const auto& [key, unused] : both)
    if (value(base, key) != value(next, key))
      all.push_back({step, key, value(base, key), value(next, key)});
}

Facts facts_of(const JobPlan& plan) {
  Facts facts;
  for (const auto& [name, value] : about(plan))
    if (value) facts[name] = *value;
  return facts;
}

std::string setting_text(const PlanSetting& setting) {
  std::vector<std::string> items;
  for (const PlanScalar& item : setting.items)
    items.push_back(item.type == ScalarType::Null ? "null" : item.text);
  return setting.is_list ? "[" + join(items, ", ") + "]" : join(items, ", ");
}

Facts facts_of(const Step& step) {
  Facts facts;
  for (const PlanSetting& setting : step.settings) facts[setting.key] = setting_text(setting);
  for (const auto& [name, value] : step.command.env) facts["$" + name] = value.shown();
  const StepGeometry& g = step.geometry;
  const std::pair<const char*, std::optional<std::int64_t>> figures[] = {
      {"micro batch", g.micro_batch},   {"accumulation", g.accumulation},
      {"replicas", g.replicas},         {"IPUs per replica", g.ipus_per_replica},
      {"instances", g.instances},       {"hosts", g.hosts},
      {"global batch", g.global_batch}, {"IPUs", g.ipus}};
  for (const auto& [name, figure] : figures)
    if (figure) facts[name] = std::to_string(*figure);
  if (!step.launcher.empty()) facts["launcher"] = step.launcher;
  return facts;
}

}  // namespace

const Step* step_of(const JobPlan& plan, std::string_view name) {
  for (const Step& step : plan.steps)
    if (step.name == name) return &step;
  return nullptr;
}

std::vector<PlanDifference> differences_of(const JobPlan& base, const JobPlan& next) {
  std::vector<PlanDifference> all;
  add_differences("", facts_of(base), facts_of(next), all);
  for (const Step& step : base.steps)
    if (const Step* other = step_of(next, step.name))
      add_differences(step.name, facts_of(step), facts_of(*other), all);
  return all;
}

std::string unlike(const JobPlan& base, const JobPlan& next, const std::set<std::string>& across) {
  const auto text = [](const std::optional<std::string>& value) { return value.value_or("none"); };
  const auto differ = [](std::string_view what, const std::string& a, const std::string& b) {
    return fmt::format("the {} differs: {} and {}", what, a, b);
  };
  const auto allowed = [&](const char* what) { return across.count(what) != 0; };
  if (base.label != next.label) return differ("label", text(base.label), text(next.label));
  if (base.application != next.application)
    return differ("application", text(base.application), text(next.application));
  const std::pair<const char*, std::pair<std::string, std::string>> named[] = {
      {"release", {text(base.release), text(next.release)}},
      {"preset", {text(base.preset), text(next.preset)}},
      {"target", {text(base.target), text(next.target)}}};
  for (const auto& [what, values] : named)
    if (values.first != values.second && !allowed(what))
      return differ(what, values.first, values.second) +
             fmt::format("; --across {} allows it", what);
  for (const Step& step : base.steps) {
    const Step* other = step_of(next, step.name);
    if (other == nullptr) continue;
    if (step.purpose != other->purpose) return differ("purpose", step.purpose, other->purpose);
    const auto batch = [](const Step& of) {
      return of.geometry.global_batch ? std::to_string(*of.geometry.global_batch) : "unknown";
    };
    if (step.geometry.global_batch != other->geometry.global_batch && !allowed("batch"))
      return differ("global batch", batch(step), batch(*other)) + "; --across batch allows it";
  }
  return "";
}

}  // namespace ipucnn::reporting
