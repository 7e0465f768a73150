// A batch script of Slurm: what is asked of it, then the commands of the shell form, one function a
// step.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "emit/emitters.h"
#include "ipucnn/emit.h"
#include "ipucnn/run_variables.h"

namespace ipucnn::emitting {
namespace {

/// A figure of the steps, which share one job: the largest.
std::optional<std::int64_t> most(const JobPlan& plan,
                                 std::optional<std::int64_t> StepGeometry::*figure) {
  std::optional<std::int64_t> found;
  for (const Step& step : plan.steps)
    if (const auto value = step.geometry.*figure) found = std::max(found.value_or(*value), *value);
  return found;
}

/// `name` with everything but letters, digits and `others` replaced.
std::string plain_name(std::string_view name, std::string_view others, char replacement) {
  std::string out;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       others.find(c) != others.npos;
    out += plain ? c : replacement;
  }
  return out;
}

/// sbatch splits a line of options at blanks and knows quotes and backslashes.
std::string option_value(std::string_view value) {
  std::string out;
  bool plain = true;
  for (const char c : printable(value)) {
    if (c == '"' || c == '\\') out += '\\';
    plain = plain && c != ' ' && c != '"' && c != '\'' && c != '\\' && c != '#';
    out += c;
  }
  return plain ? out : '"' + out + '"';
}

/// By their long names, in their order.
using Directives = std::vector<std::pair<std::string, std::string>>;

class Options {
 public:
  explicit Options(const SlurmRequest& request) : own_(request.options) {}

  /// The site's word for an option stands in place of ours.
  void add(std::string_view name, const std::string& value = {}) {
    const bool said = std::any_of(own_.begin(), own_.end(),
                                  [&](const auto& option) { return option.first == name; });
    if (!said) ours_.emplace_back(name, value);
  }

  Directives with_those_of_the_site() && {
    ours_.insert(ours_.end(), own_.begin(), own_.end());
    return std::move(ours_);
  }

 private:
  const Directives& own_;
  Directives ours_;
};

std::string lines_of(const Directives& directives) {
  std::string text;
  for (const auto& [name, value] : directives) {
    text += fmt::format("#SBATCH --{}", name);
    if (!value.empty()) text += "=" + option_value(value);
    text += '\n';
  }
  return text;
}

void add_resources(std::string_view way, std::int64_t ipus, std::int64_t hosts, Options& options) {
  if (way == "nodes-exclusive") options.add("exclusive");
  if (ipus == 0) return;
  const std::int64_t of_a_host = (ipus + hosts - 1) / hosts;
  if (way == "ipus-option") options.add("ipus", std::to_string(partition_for(ipus)));
  if (way == "gres-ipu") options.add("gres", fmt::format("ipu:{}", of_a_host));
  if (way == "gres-vipu") options.add("gres", fmt::format("vipu:{}:1", partition_for(of_a_host)));
}

/// The longest that the steps may take together; empty when one of them has no end.
std::string time_limit(const JobPlan& plan) {
  std::int64_t seconds = 0;
  for (const Step& step : plan.steps) {
    const auto whole = std::find_if(step.limits.begin(), step.limits.end(),
                                    [](const Limit& limit) { return limit.phase == "run"; });
    if (whole == step.limits.end()) return {};
    seconds += whole->seconds;
  }
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

/// `log`: where what a batch shell says goes, where the site does not say.
Directives directives_of(const JobPlan& plan, const std::string& log) {
  Options options(*plan.slurm);
  // Slurm shows it in its lists and makes a file's name of it.
  options.add("job-name", plain_name(plan.name, "-_.", '-'));
  options.add("output", log);
  if (const std::string limit = time_limit(plan); !limit.empty()) options.add("time", limit);
  const std::int64_t hosts = most(plan, &StepGeometry::hosts).value_or(1);
  options.add("nodes", std::to_string(hosts));
  // mpirun takes its slots from the tasks of a node.
  if (const auto instances = most(plan, &StepGeometry::instances))
    options.add("ntasks-per-node", std::to_string((*instances + hosts - 1) / hosts));
  add_resources(plan.slurm->resources, most(plan, &StepGeometry::ipus).value_or(0), hosts, options);
  return std::move(options).with_those_of_the_site();
}

bool speaks_of(const JobPlan& plan, std::string_view variable) {
  const auto in_word = [&](const Arg& word) {
    return std::any_of(word.pieces.begin(), word.pieces.end(), [&](const Piece& piece) {
      return piece.kind == Piece::Kind::Variable && piece.text == variable;
    });
  };
  return std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& step) {
    return std::any_of(step.command.argv.begin(), step.command.argv.end(), in_word);
  });
}

constexpr std::string_view kOfEachTask =
    R"sh(# By itself a task runs the script of its number in the folder that it was submitted in.
if [ $# -eq 0 ]; then exec bash "$SLURM_ARRAY_TASK_ID.sbatch"; fi

# ipucnn names a folder that leads to those of the tasks, and their step.
place=$1/$SLURM_ARRAY_TASK_ID
exec bash "$place/../../job.sbatch" "$place" "$2"
)sh";

constexpr std::string_view kAlone =
    R"sh(# By itself it runs every step, and what they print is the job's output.
if [ $# -eq 0 ]; then
)sh";

constexpr std::string_view kKept = R"sh(  exit
fi

# ipucnn names a folder and a step: what the step prints is kept there, and when it began and ended.
folder=$1
process=
signal=

# Written under another name first, so that a file is there whole or not at all.
tell() {
  printf '%s\n' "time=$(date -u +%Y-%m-%dT%H:%M:%SZ)" "host=$HOSTNAME" "${@:2}" > "$folder/.$1"
  mv -f "$folder/.$1" "$folder/$1"
}

# What ends a job reaches every process of it; `sbatch --signal=B:USR1@60` reaches this shell alone.
trap 'signal=TERM' TERM
trap 'signal=USR1; kill -s USR1 "$process" || true' USR1
trap 'signal=USR2; kill -s USR2 "$process" || true' USR2
rm -f "$folder/ended"
# A task of an array has a name of its own: ARRAY_TASK.
job=${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}${SLURM_ARRAY_TASK_ID:+_$SLURM_ARRAY_TASK_ID}
tell started "job=$job" "restarts=${SLURM_RESTART_COUNT:-0}"
# ipucnn did not find it in the queue, and has given it up.
if [ -e "$folder/withdrawn" ]; then
  tell ended "status=1" "signal=" "withdrawn=yes"
  exit 1
fi
"$2" < /dev/null >> "$folder/stdout.log" 2>> "$folder/stderr.log" &
process=$!
while kill -0 "$process" 2> /dev/null; do wait "$process" || true; done
status=0
wait "$process" || status=$?
# Slurm signals one process after another: this shell's turn can come after the step's end.
if [ "$status" -ne 0 ] && [ -z "$signal" ]; then sleep 1 || true; fi
tell ended "status=$status" "signal=$signal"
exit "$status"
)sh";

}  // namespace

std::vector<Artifact> emit_sbatch(const JobPlan& plan) {
  std::string text =
      "#!/bin/bash\n" + lines_of(directives_of(plan, "%x-%j.log")) + "set -euo pipefail\n\n";
  if (speaks_of(plan, kSlurmHosts))
    text += fmt::format("{}=$(scontrol show hostnames \"$SLURM_JOB_NODELIST\" | paste -sd , -)\n\n",
                        kSlurmHosts);
  for (const Step& step : plan.steps)
    text += batch_step_name(step.name) + "() {\n" + exec_text(step.command) + "}\n\n";
  text += kAlone;
  for (const Step& step : plan.steps) text += "  ( " + batch_step_name(step.name) + " )\n";
  text += kKept;
  return {{plan.name + ".sbatch", std::move(text)}};
}

}  // namespace ipucnn::emitting

namespace ipucnn {

std::string batch_step_name(std::string_view step) {
  return "step_" + emitting::plain_name(step, "_", '_');
}

std::string batch_array_key(const JobPlan& plan) {
  if (!plan.slurm || plan.steps.size() != 1) return {};
  std::string key = batch_step_name(plan.steps.front().name);
  for (const auto& [name, value] : emitting::directives_of(plan, "")) {
    if (name == "array") return {};
    if (name != "job-name" && name != "output" && name != "error" && name != "comment")
      key += fmt::format("\n{}={}", name, value);
  }
  return key;
}

std::string batch_array_text(const JobPlan& plan, std::size_t tasks, std::size_t limit) {
  auto directives = emitting::directives_of(plan, "%x-%A_%a.log");
  directives.emplace_back("array", fmt::format("0-{}%{}", tasks - 1, std::min(tasks, limit)));
  return fmt::format("#!/bin/bash\n{}set -euo pipefail\n\n{}", emitting::lines_of(directives),
                     emitting::kOfEachTask);
}

std::string why_no_batch_script(const JobPlan& plan) {
  if (!plan.slurm) return "the plan was not made for Slurm, which tells the hosts";
  if (!plan.files.empty() || emitting::speaks_of(plan, kRunFolder))
    return "--format sbatch has no run folder, which --config-file needs";
  return {};
}

}  // namespace ipucnn
