#include "cli/via.h"

#include "ipucnn/emit.h"
#include "ipucnn/slurm_run.h"

namespace ipucnn::cli {

Via via_of(const SplitArgv& split) {
  const auto word = split.value(Option::Via);
  return word ? via_named(word->text) : Via::Local;
}

Via via_named(std::string_view scheduler) {
  return scheduler == SlurmJobs::kName ? Via::Slurm : Via::Local;
}

std::vector<std::string> kept_variables(Via via) {
  return via == Via::Slurm ? slurm_variables() : std::vector<std::string>();
}

std::vector<std::string> needed_tools(Via via) {
  return via == Via::Slurm ? std::vector<std::string>{"sbatch", "squeue", "scancel"}
                           : std::vector<std::string>();
}

std::string why_not(Via via, const JobPlan& plan) {
  return via == Via::Slurm ? why_no_batch_script(plan) : "";
}

std::unique_ptr<Backend> scheduler_backend(Via via, const PosixSignals* signals, Clock& clock) {
  return via == Via::Slurm ? std::make_unique<SlurmJobs>(signals, clock) : nullptr;
}

}  // namespace ipucnn::cli
