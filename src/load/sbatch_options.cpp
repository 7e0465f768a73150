// Options of sbatch that a site gives: which of them stand alone, and which a run cannot have.
#include "ipucnn/sbatch_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "ipucnn/tree.h"

namespace ipucnn {
namespace {

/// As sbatch 22.05 lists them, and those of later releases that its source says the same of.
constexpr std::string_view kAlone[] = {
    "contiguous", "consolidate-segments", "hold",    "ignore-pbs",    "no-requeue",
    "overcommit", "oversubscribe",        "quiet",   "reboot",        "requeue",
    "spread-job", "spread-segments",      "stepmgr", "use-min-nodes", "verbose"};
constexpr std::string_view kWithOrWithout[] = {"exclusive", "get-user-env",  "nice",
                                               "no-kill",   "oom-kill-step", "propagate"};
constexpr std::string_view kWithValue[] = {"account",
                                           "acctg-freq",
                                           "batch",
                                           "bb",
                                           "bbf",
                                           "begin",
                                           "chdir",
                                           "cluster-constraint",
                                           "comment",
                                           "constraint",
                                           "container",
                                           "core-spec",
                                           "cores-per-socket",
                                           "cpu-freq",
                                           "cpus-per-gpu",
                                           "cpus-per-task",
                                           "deadline",
                                           "delay-boot",
                                           "dependency",
                                           "error",
                                           "exclude",
                                           "export",
                                           "export-file",
                                           "extra-node-info",
                                           "gid",
                                           "gpu-bind",
                                           "gpu-freq",
                                           "gpus",
                                           "gpus-per-node",
                                           "gpus-per-socket",
                                           "gpus-per-task",
                                           "gres",
                                           "gres-flags",
                                           "hint",
                                           "input",
                                           "job-name",
                                           "licenses",
                                           "mail-type",
                                           "mail-user",
                                           "mcs-label",
                                           "mem",
                                           "mem-bind",
                                           "mem-per-cpu",
                                           "mem-per-gpu",
                                           "mincpus",
                                           "network",
                                           "nodefile",
                                           "nodelist",
                                           "nodes",
                                           "ntasks",
                                           "ntasks-per-core",
                                           "ntasks-per-gpu",
                                           "ntasks-per-node",
                                           "open-mode",
                                           "output",
                                           "ntasks-per-socket",
                                           "partition",
                                           "power",
                                           "prefer",
                                           "priority",
                                           "profile",
                                           "qos",
                                           "reservation",
                                           "signal",
                                           "sockets-per-node",
                                           "switches",
                                           "thread-spec",
                                           "threads-per-core",
                                           "time",
                                           "time-min",
                                           "tmp",
                                           "uid",
                                           "wait-all-nodes",
                                           "wckey",
                                           "kill-on-invalid-dep"};

struct Refused {
  std::string_view name;
  std::string_view why;
  std::string_view help;
};
constexpr std::string_view kLeaveOut = "leave it out";
constexpr Refused kRefused[] = {
    {"array", "makes several jobs of one, which would write into one run",
     "a sweep or a campaign starts several runs, and --in-flight makes an array of them"},
    {"clusters", "sends the job to a cluster whose queue ipucnn does not ask",
     "start the run where that cluster is the usual one"},
    {"help", "makes sbatch say how it is used, and start nothing", kLeaveOut},
    {"parsable", "says how sbatch tells a job's id, which ipucnn asks for by itself", kLeaveOut},
    {"test-only", "makes sbatch start nothing",
     "`ipucnn run --via slurm --dry-run` prints the script, for `sbatch --test-only`"},
    {"usage", "makes sbatch say how it is used, and start nothing", kLeaveOut},
    {"version", "makes sbatch say its release", kLeaveOut},
    {"wait", "keeps sbatch until the job has ended, so that nobody can follow it",
     "leave it out: ipucnn itself waits for the end of a run that is not detached"},
    {"wrap", "is a command in place of the script that ipucnn writes", kLeaveOut}};

template <std::size_t N>
bool is_in(const std::string_view (&names)[N], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

}  // namespace

SbatchRefusal refuse_sbatch_option(std::string_view name, std::string_view value, ScalarType type) {
  if (type == ScalarType::Null) return {};
  for (const Refused& refused : kRefused)
    if (refused.name == name)
      return {fmt::format("a run cannot have Slurm's option {}: it {}", name, refused.why),
              std::string(refused.help)};
  if (name == "dependency" && value.find("expand:") != value.npos)
    return {"a run cannot lend its nodes to another job, as the dependency `expand` does",
            "name another kind of dependency, such as afterok"};
  if (is_in(kAlone, name) && type != ScalarType::Bool && !value.empty())
    return {fmt::format("{} needs yes or no, not '{}': sbatch has no value for it", name, value),
            fmt::format("`{}: true` gives it, and `false` leaves it out", name)};
  // sbatch would take the next line for its value.
  if (is_in(kWithValue, name) && value.empty())
    return {fmt::format("{} needs a value: sbatch refuses it without", name),
            "write `null` in its place to take away what another site says"};
  return {};
}

std::optional<std::string> sbatch_value(std::string_view name, std::string_view value,
                                        ScalarType type) {
  if (type == ScalarType::Null) return std::nullopt;
  if (type != ScalarType::Bool || (!is_in(kAlone, name) && !is_in(kWithOrWithout, name)))
    return std::string(value);
  return yaml_bool(value) ? std::optional<std::string>("") : std::nullopt;
}

}  // namespace ipucnn
