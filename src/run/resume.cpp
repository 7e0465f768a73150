// What a run left to go on from: read from its logs and folders alone.
#include "ipucnn/resume.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/hole.h"
#include "base/sha256.h"
#include "ipucnn/measure.h"

namespace ipucnn {
namespace {

namespace fs = std::filesystem;

/// A checkpoint as a log tells of it.
struct Told {
  std::string path;
  std::optional<double> epoch;
};

/// What one try's standard output says of its checkpoints and of how far it came.
struct TryLogRead {
  std::vector<Told> checkpoints;  // in the order in which they were printed
  std::optional<double> last_epoch;
};

/// The metric that counts epochs; empty when the script prints none.
std::string epoch_metric(const Step& step) {
  for (const MetricPattern& metric : step.metrics)
    if (metric.unit == "epochs") return metric.name;
  return {};
}

TryLogRead read_try(const KeptTry& kept, const Step& step) {
  TryLogRead found;
  const std::string epoch = epoch_metric(step);
  Measurement measured(step.metrics, step.proof);
  LineReader lines(Stream::Out);
  const LineSink sink = [&](const LogLine& line) {
    measured.line(line);
    if (auto path = saved_checkpoint(*step.checkpoints, line.text))
      found.checkpoints.push_back({*std::move(path), measured.latest(epoch)});
  };
  std::string unused;
  read_log(
      kept.folder + "/stdout.log", [&](std::string_view piece) { lines.feed(piece, sink); },
      unused);
  lines.finish(sink);
  found.last_epoch = measured.latest(epoch);
  return found;
}

/// Without a mark of its own a checkpoint is there when a file is whose name begins with its name.
bool is_complete(const CheckpointPattern& pattern, const fs::path& path) {
  std::error_code code;
  if (!pattern.complete.empty())
    return fs::exists(with_value(pattern.complete, path.string()), code);
  if (fs::exists(path, code)) return true;
  const std::string begin = path.filename().string() + ".";
  for (fs::directory_iterator it(path.parent_path(), code), end; !code && it != end;
       it.increment(code))
    if (it->path().filename().string().starts_with(begin)) return true;
  return false;
}

}  // namespace

std::optional<std::string> saved_checkpoint(const CheckpointPattern& pattern,
                                            std::string_view line) {
  const std::size_t at = pattern.before.empty() ? std::string::npos : line.find(pattern.before);
  if (at == std::string::npos) return std::nullopt;
  line.remove_prefix(at + pattern.before.size());
  const std::size_t end = pattern.after.empty() ? line.size() : line.rfind(pattern.after);
  if (end == std::string_view::npos) return std::nullopt;
  line = line.substr(0, end);
  while (!line.empty() && line.back() == ' ') line.remove_suffix(1);
  return line.empty() ? std::nullopt : std::optional<std::string>(line);
}

std::optional<ResumePoint> find_checkpoint(const KeptRun& run, const Step& step,
                                           std::string& error) {
  if (!step.checkpoints || step.checkpoints->restore_option.empty()) {
    error = "the descriptor of " + run.plan.application + " does not say how " + step.script +
            " goes on from a checkpoint";
    return std::nullopt;
  }
  std::vector<std::string> passed_over;
  std::optional<double> last_epoch;
  for (auto kept = run.tries.rbegin(); kept != run.tries.rend(); ++kept) {
    if (kept->step != step.name) continue;
    const TryLogRead log = read_try(*kept, step);
    if (!last_epoch) last_epoch = log.last_epoch;
    for (auto told = log.checkpoints.rbegin(); told != log.checkpoints.rend(); ++told) {
      const fs::path path = (fs::path(kept->started_in) / told->path).lexically_normal();
      if (!is_complete(*step.checkpoints, path)) {
        passed_over.push_back(path.string());
        continue;
      }
      const bool folder = step.checkpoints->restore_takes_folder;
      return ResumePoint{step.name,
                         kept->number,
                         path.string(),
                         folder ? path.parent_path().string() : path.string(),
                         told->epoch,
                         last_epoch,
                         std::move(passed_over)};
    }
  }
  error = passed_over.empty()
              ? run.name + " told of no checkpoint of " + step.name
              : run.name + " has no complete checkpoint; the newest was " + passed_over.front();
  return std::nullopt;
}

std::string resume_text(const ResumePoint& point) {
  std::string text = fmt::format("from {}, of {}", point.checkpoint, point.step);
  if (point.number > 1) text += fmt::format(" (try {})", point.number);
  if (point.epoch && point.last_epoch)
    text += *point.last_epoch > *point.epoch
                ? fmt::format("; {:.2f} epochs are lost ({:.2f} to {:.2f})",
                              *point.last_epoch - *point.epoch, *point.epoch, *point.last_epoch)
                : fmt::format("; nothing is lost (epoch {:.2f})", *point.epoch);
  if (!point.passed_over.empty())
    text += fmt::format("; passed over as not complete: {}", fmt::join(point.passed_over, ", "));
  return text;
}

namespace {

/// The first step that no try has ended well. Steps in front of the first try were left out.
std::optional<std::size_t> step_to_do(const KeptRun& run) {
  std::size_t first = 0;
  if (!run.tries.empty()) first = find_step(run.plan, run.tries.front().step).value_or(0);
  for (std::size_t i = first; i < run.plan.steps.size(); ++i) {
    const auto is_done = [&](const KeptTry& one) {
      return one.step == run.plan.steps[i].name && one.state == end_name(Done{});
    };
    if (std::none_of(run.tries.begin(), run.tries.end(), is_done)) return i;
  }
  return std::nullopt;
}

bool is_same_job(const KeptRecord& run, const JobPlan& plan) {
  for (const auto& [name, value] : about(plan)) {
    const bool tells = name == "application" || name == "preset" || name == "job";
    if (tells && run.chosen(name) != value) return false;
  }
  return true;
}

}  // namespace

std::optional<Resumption> resume_run(const KeptRun& from, JobPlan plan, std::string& error) {
  const auto number = step_to_do(from);
  if (!number) {
    error = from.name + " is done; there is nothing to go on with";
    return std::nullopt;
  }
  const Step& was = from.plan.steps[*number];
  const auto at = find_step(plan, was.name);
  if (!at) {
    error = from.name + " stopped in " + was.name + ", which is no step here";
    return std::nullopt;
  }
  Resumption going{std::move(plan), *at, {"resume", from.folder}, {}};
  Step& step = going.plan.steps[*at];
  if (*at > 0 && !was.checkpoints) {
    going.says = "from the beginning of " + step.name + ", as what is before it is done";
    return going;
  }
  const auto point = find_checkpoint(from, was, error);
  if (!point) return std::nullopt;
  if (const auto differences = schedule_differences(was, step); !differences.empty()) {
    error = fmt::format("it cannot go on with {}: {}", from.name, fmt::join(differences, "; "));
    return std::nullopt;
  }
  restore_from(step, point->restore);
  going.origin.checkpoint = point->checkpoint;
  going.says = resume_text(*point);
  return going;
}

std::optional<Resumption> resume_newest(const std::string& parent, const JobPlan& plan,
                                        const std::optional<std::string>& name,
                                        std::string& error) {
  const std::vector<KeptRecord> runs = list_runs(parent);
  for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
    if (!is_same_job(*run, plan) || (name && run->name != name)) continue;
    if (run->goes_on) {
      error = run->folder_name + " goes on; wait for it, or cancel it first";
      return std::nullopt;
    }
    const auto kept = read_run(run->folder, error);
    const auto number = kept ? step_to_do(*kept) : std::nullopt;
    // One that is done is not gone on with, nor is what lies before it.
    if (kept && !number) break;
    std::string none;
    if (kept && *number == 0 && !find_checkpoint(*kept, kept->plan.steps[0], none)) continue;
    error.clear();
    return kept ? resume_run(*kept, plan, error) : std::nullopt;
  }
  error.clear();
  return std::nullopt;
}

bool was_left_off(const std::string& parent, const JobPlan& plan,
                  const std::optional<std::string>& name) {
  const std::vector<KeptRecord> runs = list_runs(parent);
  const auto newest = std::find_if(runs.rbegin(), runs.rend(), [&](const KeptRecord& run) {
    return is_same_job(run, plan) && (!name || run.name == name);
  });
  std::string error;
  const auto kept = newest == runs.rend() ? std::nullopt : read_run(newest->folder, error);
  return kept && step_to_do(*kept);
}

std::vector<std::string> changed_inputs(const JobPlan& plan, const std::string& folder) {
  std::vector<std::string> changed;
  for (const PlanInputFile& input : plan.inputs) {
    const fs::path path = fs::path(folder) / input.path;
    std::error_code code;
    if (!fs::is_regular_file(path, code)) {
      changed.push_back(input.path + " is not there any more");
      continue;
    }
    std::string text;
    std::string error;
    if (!read_log(
            path.string(), [&](std::string_view piece) { text += piece; }, error))
      changed.push_back(error);
    else if (sha256(text) != input.sha256)
      changed.push_back(input.path + " has changed");
  }
  return changed;
}

}  // namespace ipucnn
