// What a preflight may know of this host, and where its findings point.
#include "cli/preflight.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "cli/input_files.h"
#include "cli/request.h"
#include "ipucnn/job_plans.h"
#include "ipucnn/run.h"

namespace ipucnn::cli {
namespace {

namespace fs = std::filesystem;

/// The path itself, else the nearest folder above it that is there.
fs::path nearest(const std::string& path) {
  std::error_code code;
  fs::path at = fs::absolute(path, code).lexically_normal();
  while (!fs::exists(at, code) && at != at.parent_path()) at = at.parent_path();
  return at;
}

class ThisHost final : public HostFacts {
 public:
  PathKind kind(const std::string& path) override {
    std::error_code code;
    const fs::file_status status = fs::status(path, code);
    switch (status.type()) {
      case fs::file_type::none:
      case fs::file_type::not_found:
        return PathKind::Nothing;
      case fs::file_type::regular:
        return PathKind::File;
      case fs::file_type::directory:
        return PathKind::Folder;
      default:
        return PathKind::Other;
    }
  }

  std::optional<std::vector<std::string>> names(const std::string& folder) override {
    std::error_code code;
    std::vector<std::string> found;
    for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code))
      found.push_back(it->path().filename().string());
    if (code) return std::nullopt;
    return found;
  }

  bool can_write(const std::string& folder) override {
    const fs::path at = nearest(folder);
    return kind(at.string()) == PathKind::Folder && ::access(at.c_str(), W_OK | X_OK) == 0;
  }

  std::optional<std::uint64_t> free_bytes(const std::string& path) override {
    struct statvfs info {};
    if (::statvfs(nearest(path).c_str(), &info) != 0) return std::nullopt;
    return std::uint64_t{info.f_bavail} * info.f_frsize;
  }

  bool has_program(const Command& command) override {
    return find_program(process_of(command)).has_value();
  }
};

Span place_of(const Settings& settings, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys)
    if (const Setting* set = settings.find(key); set != nullptr && set->origin.at.line > 0)
      return set->origin.at;
  return {};
}

Span place_of(const JobStep& step, const Command& command, PreflightSubject subject) {
  const Settings& launch = step.launch.values;
  const auto quantity = [&](QuantityName name) {
    const auto key = step.schema().key_of(name, step.purpose.script);
    return key ? place_of(step.settings, {*key}) : Span{};
  };
  switch (subject) {
    case PreflightSubject::Program:
      return place_of(launch, {"programs." + literal_text(command.argv.front())});
    case PreflightSubject::Folder:
      return place_of(launch, {"app_dir"});
    case PreflightSubject::Script:
      return place_of(launch, {"script_dir", "app_dir"});
    case PreflightSubject::Data:
      return quantity(QuantityName::DataDir);
    case PreflightSubject::Restore:
      return quantity(QuantityName::RestorePath);
    case PreflightSubject::Runs:
      break;
  }
  return {};
}

Occasion occasion_of(const JobPlan& plan) {
  return plan.label ? Occasion::Rehearsal : Occasion::Start;
}

}  // namespace

std::string runs_folder(const SplitArgv& split, const World& world, const std::string& named) {
  const auto given = split.value(Option::Output);
  return world.below(given ? given->text : named.empty() ? "runs" : named);
}

std::string runs_folder(const SplitArgv& split, const World& world) {
  if (split.has(Option::Output)) return runs_folder(split, world, "");
  InputFiles files(split, world);
  const JobRequest request = request_of(split);
  std::string unsaid;  // a file that is wrong does not keep anybody from their runs
  files.read({request}, unsaid);
  return runs_folder(split, world, runs_dir_of(request, files));
}

Diagnostics preflight_of(const JobPoint& point, const StartableRun& run,
                         std::vector<Suppression>& suppressions, const World& world) {
  const JobPlan& plan = run.plan.made();
  PreflightInput in{run.plan, world.folder, run.parent, run.first_step};
  in.place = [&](std::size_t step, PreflightSubject subject) {
    return place_of(*point.steps[step], plan.steps[step].command, subject);
  };
  ThisHost host;
  return judge(preflight(in, host), occasion_of(plan), suppressions, point.preset_at);
}

Diagnostics preflight_of(const StartableRun& run, Span at, const World& world) {
  PreflightInput in{run.plan, world.folder, run.parent, run.first_step};
  in.place = [at](std::size_t, PreflightSubject) { return at; };
  ThisHost host;
  std::vector<Suppression> none;
  return judge(preflight(in, host), occasion_of(run.plan.made()), none, {});
}

bool preflight_is(const SplitArgv& split, std::string_view when) {
  const auto word = split.value(Option::Preflight);
  return word && word->text == when;
}

}  // namespace ipucnn::cli
