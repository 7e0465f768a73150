#include "ipucnn/emit.h"

#include "emit/emitters.h"

namespace ipucnn {
namespace {

struct Emitter {
  std::string_view name;
  std::vector<Artifact> (*function)(const JobPlan&);
  std::vector<Artifact> (*several)(const std::vector<JobPlan>&);
};

constexpr std::vector<Artifact> (*kOneByOne)(const std::vector<JobPlan>&) = nullptr;
using emitting::emit_json_plans;
using emitting::emit_shell_plans;

constexpr Emitter kEmitters[] = {
#define EMITTER(name, function, several) {#name, emitting::function, several},
#include "emit/emitters.def"
#undef EMITTER
};

}  // namespace

std::vector<std::string_view> emit_formats() {
  std::vector<std::string_view> names;
  for (const Emitter& emitter : kEmitters) names.push_back(emitter.name);
  return names;
}

std::optional<std::vector<Artifact>> emit(const JobPlan& plan, std::string_view format) {
  for (const Emitter& emitter : kEmitters)
    if (emitter.name == format) return emitter.function(plan);
  return std::nullopt;
}

std::optional<std::vector<Artifact>> emit(const std::vector<JobPlan>& plans,
                                          std::string_view format) {
  if (plans.size() == 1) return emit(plans.front(), format);
  for (const Emitter& emitter : kEmitters) {
    if (emitter.name != format) continue;
    if (emitter.several != nullptr) return emitter.several(plans);
    std::vector<Artifact> all;
    for (const JobPlan& plan : plans)
      for (Artifact& artifact : emitter.function(plan)) all.push_back(std::move(artifact));
    return all;
  }
  return std::nullopt;
}

std::string shell_text(const JobPlan& plan) {
  std::string text;
  const auto artifacts = emit(plan, "shell");
  for (const Artifact& artifact : *artifacts) text += artifact.text;
  return text;
}

}  // namespace ipucnn
