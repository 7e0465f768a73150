#include "ipucnn/emit.h"

#include "emit/emitters.h"

namespace ipucnn {
namespace {

struct Emitter {
  std::string_view name;
  std::vector<Artifact> (*function)(const JobPlan&);
};
constexpr Emitter kEmitters[] = {
#define EMITTER(name, function) {#name, emitting::function},
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

}  // namespace ipucnn
