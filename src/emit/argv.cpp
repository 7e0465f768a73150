// The words of each step, each followed by a NUL: nothing to unquote.
#include "emit/emitters.h"

namespace ipucnn::emitting {

std::vector<Artifact> emit_argv(const JobPlan& plan) {
  std::vector<Artifact> artifacts;
  for (const Step& step : plan.steps) {
    std::string text;
    for (const Arg& arg : step.command.argv) {
      text += arg.shown();
      text += '\0';
    }
    artifacts.push_back({step.name, std::move(text)});
  }
  return artifacts;
}

}  // namespace ipucnn::emitting
