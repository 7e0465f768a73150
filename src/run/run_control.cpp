#include "ipucnn/run_control.h"

#include <fmt/format.h>
#include <poll.h>

#include <csignal>
#include <filesystem>

#include "base/text.h"
#include "ipucnn/local_run.h"

namespace ipucnn {
namespace {

namespace fs = std::filesystem;

void wait_a_little() {
  constexpr int kMilliseconds = 200;
  ::poll(nullptr, 0, kMilliseconds);
}

/// Where the run's scheduler is asked; absent where we know none of that name.
std::optional<MachineWanted> machine_of(const KeptRecord& run) {
  const auto via = via_named(run.scheduler);
  if (!via || *via == Via::Local) return std::nullopt;
  return MachineWanted{*via, false, true};
}

/// Goes on with a run that nobody follows, up to its end. `stop`: what is left of it is ended
/// first.
std::optional<KeptRecord> take_over(const KeptRecord& run, bool stop, Watcher& watcher,
                                    const MachineSource& machines, std::string& error) {
  const auto wanted = machine_of(run);
  if (!wanted) {
    error = unknown_scheduler(run);
    return std::nullopt;
  }
  std::error_code code;
  const std::string folder = fs::absolute(run.folder, code).lexically_normal().string();
  machines(*wanted, [&](Machine& machine) {
    error = follow_run(folder, {}, machine, watcher, stop ? &run : nullptr);
    return 0;
  });
  return error.empty() ? read_record(run.folder, error) : std::nullopt;
}

/// Tells the scheduler; whoever follows the run sees its end. False where that cannot be.
bool end_at_scheduler(const KeptRecord& run, const MachineSource& machines, std::string& error) {
  const auto wanted = machine_of(run);
  if (!wanted || run.handed.empty()) {
    error = wanted ? run.folder_name + " is not handed over yet; cancel it once it is"
                   : unknown_scheduler(run);
    return false;
  }
  error.clear();
  machines(*wanted, [&](Machine& machine) {
    std::vector<Submitted> jobs;
    for (const HandedStep& step : run.handed)
      if (machine.backend.adopt({step.job})) jobs.push_back({step.job});
    machine.backend.stop(jobs, SIGTERM);
    // A scheduler that refuses says so before anything else.
    for (const Event& event : machine.backend.poll(jobs, machine.clock.now()))
      if (const auto* said = std::get_if<SeenMessage>(&event.what))
        if (said->id.ends_with("_not_ended")) error = said->line;
    return 0;
  });
  return error.empty();
}

/// Tells the process that runs it.
bool end_here(const KeptRecord& run, Reach reach, std::string& error) {
  if (presence_of(run.writer) != Presence::Here) {
    error = fmt::format("it runs on {}; cancel it there", run.writer.host);
    return false;
  }
  const fs::path request = fs::path(run.folder) / kCancelRequest;
  if (reach == Reach::ThisRun && !write_file(request.string(), "", error)) return false;
  if (::kill(static_cast<pid_t>(run.writer.pid), SIGTERM) == 0) return true;
  error = fmt::format("process {} is not ours to stop", run.writer.pid);
  take_cancel_request(run.folder);
  return false;
}

}  // namespace

std::string unknown_scheduler(const KeptRecord& run) {
  return fmt::format("{} was handed to '{}', which is no scheduler that is known here",
                     run.folder_name, printable(run.scheduler));
}

KeptRecord settled(const KeptRecord& run, const MachineSource& machines, std::string& error) {
  const auto wanted = run.unattended ? machine_of(run) : std::nullopt;
  if (!wanted) return run;
  bool over = false;
  machines(*wanted, [&](Machine& machine) {
    over = is_over(run, machine);
    return 0;
  });
  if (!over) return run;
  Watcher nobody;
  return take_over(run, false, nobody, machines, error).value_or(run);
}

std::optional<KeptRecord> follow(const KeptRecord& run, Until until, Watcher& watcher,
                                 const MachineSource& machines, std::string& error) {
  if (run.unattended && until == Until::TheEnd)
    return take_over(run, false, watcher, machines, error);
  RunFollower follower(run.folder);
  SystemClock clock;
  while (follower.look(watcher, clock, error)) {
    if (until == Until::Now || !follower.record().goes_on) return follower.record();
    wait_a_little();
  }
  return std::nullopt;
}

std::optional<KeptRecord> wait_for_end(KeptRecord run, const MachineSource& machines,
                                       std::string& error) {
  while (run.goes_on) {
    Watcher nobody;
    if (!run.unattended) wait_a_little();
    auto next = run.unattended ? take_over(run, false, nobody, machines, error)
                               : read_record(run.folder, error);
    if (!next) return std::nullopt;
    run = *std::move(next);
  }
  return run;
}

std::optional<KeptRecord> cancel_run(const KeptRecord& run, Reach reach, Watcher& watcher,
                                     const MachineSource& machines, bool& refused,
                                     std::string& error) {
  if (run.unattended) return take_over(run, true, watcher, machines, error);
  const bool at_scheduler = reach == Reach::ThisRun && !run.scheduler.empty();
  refused = !(at_scheduler ? end_at_scheduler(run, machines, error) : end_here(run, reach, error));
  return refused ? std::nullopt : wait_for_end(run, machines, error);
}

bool was_cancelled(const KeptRecord& run) {
  return run.state == end_name(Cancelled{}) ||
         (run.state == end_name(Interrupted{}) && run.signal == SIGTERM);
}

bool take_cancel_request(const std::string& run_folder) {
  std::error_code code;
  return fs::remove(fs::path(run_folder) / kCancelRequest, code);
}

}  // namespace ipucnn
