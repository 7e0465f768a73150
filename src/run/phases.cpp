#include <algorithm>

#include "ipucnn/run.h"

namespace ipucnn {

namespace {

void add(const std::string& name, std::vector<std::string>& names) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

}  // namespace

std::vector<std::string> limit_names(const JobPlan& plan) {
  std::vector<std::string> names;
  for (const Step& step : plan.steps)
    for (const PhasePattern& phase : step.phases) add(phase.name, names);
  add("run", names);
  add("stall", names);
  return names;
}

std::vector<std::string> retry_names(const JobPlan& plan) {
  std::vector<std::string> names;
  for (const Step& step : plan.steps)
    for (const MessagePattern& message : step.messages) add(message.id, names);
  for (const End& end : {End(Silent{}), End(Lost{}), End(Preempted{})})
    add(std::string(end_name(end)), names);
  add("launch", names);
  add(std::string(kCrash), names);
  return names;
}

std::size_t next_phase(const std::vector<PhasePattern>& phases, std::size_t from,
                       std::string_view line) {
  while (from < phases.size() &&
         (phases[from].line.empty() || line.find(phases[from].line) == line.npos))
    ++from;
  return from;
}

}  // namespace ipucnn
