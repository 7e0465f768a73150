#include "ipucnn/startable_run.h"

#include <algorithm>
#include <csignal>

#include "ipucnn/local_run.h"

namespace ipucnn {
namespace {

/// What the run is started in, for its record.
RunContext context_of(const FilledPlan& plan, const StartSettings& start) {
  RunContext context = this_context();
  context.version = start.version;
  const Command& first = plan.commands().front();
  const std::string folder = literal_text(first.cwd);
  if (start.asks_tools) context.tools = machine_says(process_of(first).env);
  add_checkout(folder.empty() ? start.folder : folder, context);
  return context;
}

}  // namespace

RunInput run_input(const StartableRun& run, const StartSettings& start) {
  RunInput in{run.plan,   run.parent,  plan_texts(run.plan.made()), start.settings,
              start.name, start.notes, context_of(run.plan, start), run.first_step,
              run.origin};
  in.files.insert(in.files.end(), run.files.begin(), run.files.end());
  return in;
}

RunOutcome outcome_of_signal(int signal) {
  return signal == SIGTERM ? RunOutcome::Terminated : RunOutcome::Interrupted;
}

RunOutcome outcome_of(const RunResult& result) {
  if (result.steps.empty()) return RunOutcome::Failed;
  const End& end = result.steps.back().end;
  if (const auto* interrupted = std::get_if<Interrupted>(&end))
    return outcome_of_signal(interrupted->signal);
  const bool whole = result.error.empty() &&
                     std::all_of(result.steps.begin(), result.steps.end(),
                                 [](const StepResult& step) { return step.log_error.empty(); });
  return whole && std::holds_alternative<Done>(end) ? RunOutcome::Done : RunOutcome::Failed;
}

}  // namespace ipucnn
