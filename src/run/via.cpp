#include "ipucnn/via.h"

#include "ipucnn/emit.h"
#include "ipucnn/kubernetes_run.h"
#include "ipucnn/slurm_run.h"

namespace ipucnn {

std::optional<Via> via_named(std::string_view scheduler) {
  if (scheduler.empty()) return Via::Local;
  if (scheduler == SlurmJobs::kName) return Via::Slurm;
  return scheduler == KubernetesJobs::kName ? std::optional(Via::Kubernetes) : std::nullopt;
}

std::string_view format_for(Via via) {
  switch (via) {
    case Via::Local:
      break;
    case Via::Slurm:
      return "sbatch";
    case Via::Kubernetes:
      return "k8s";
  }
  return {};
}

std::vector<std::string> kept_variables(Via via) {
  return via == Via::Slurm ? slurm_variables() : std::vector<std::string>();
}

std::vector<std::string> needed_tools(Via via) {
  switch (via) {
    case Via::Local:
      break;
    case Via::Slurm:
      return {"sbatch", "squeue", "scancel"};
    case Via::Kubernetes:
      return {"kubectl"};
  }
  return {};
}

std::string why_not(Via via, const JobPlan& plan) { return why_not(format_for(via), plan); }

std::string why_not(std::string_view format, const JobPlan& plan) {
  if (format == "sbatch") return why_no_batch_script(plan);
  return format == "k8s" ? why_no_manifest(plan) : "";
}

std::unique_ptr<Backend> scheduler_backend(Via via, const PosixSignals* signals, Clock& clock) {
  switch (via) {
    case Via::Local:
      break;
    case Via::Slurm:
      return std::make_unique<SlurmJobs>(signals, clock);
    case Via::Kubernetes:
      return std::make_unique<KubernetesJobs>(signals, clock);
  }
  return nullptr;
}

}  // namespace ipucnn
