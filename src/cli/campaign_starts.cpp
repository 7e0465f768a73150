#include "cli/campaign_starts.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/preflight.h"
#include "ipucnn/local_run.h"

namespace ipucnn::cli {

std::string whole_path(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code code;
  const fs::path whole = fs::absolute(path, code);
  return code ? path : whole.lexically_normal().string();
}

std::optional<StartableRun> startable(const CaseWork& work, Span at, const InputFiles& files,
                                      const SplitArgv& split, const Streams& streams,
                                      std::string& refusal) {
  const Via via = via_of(split);
  if (refusal = why_not(via, work.plan); !refusal.empty()) return std::nullopt;
  Diagnostics found;
  std::vector<PlannedRun> planned;
  planned.push_back({work.plan, work.parent, work.files});
  planned.back().via = via;
  auto ready = prepare(std::move(planned), files.world, found);
  if (!ready.empty() && !preflight_is(split, "skip"))
    found.add(preflight_of(ready.front(), at, files.world));
  print_findings(found, files.sources, split, streams, files.world);
  for (const Diagnostic& d : found.all())
    if (d.severity == Severity::Error) {
      refusal = fmt::format("{}: {}", finding_info(d.id).id, d.message);
      return std::nullopt;
    }
  if (ready.empty()) return std::nullopt;
  return std::move(ready.front());
}

namespace {

/// Until nothing of a run is left on this host: its guard may still be ending it.
bool wait_for(const std::string& run) {
  constexpr std::chrono::milliseconds kBetween(50);
  constexpr int kMost = 20 * 60;  // a minute, which is twice the usual grace
  for (int i = 0; i < kMost; ++i) {
    if (marked_processes(run).empty()) return true;
    std::this_thread::sleep_for(kBetween);
  }
  return false;
}

bool fail(const CampaignStarts& starts, const std::string& error) {
  say(starts.streams, error);
  return false;
}

}  // namespace

bool settle_starts(const CampaignStarts& starts, Machine& machine) {
  for (const CampaignItem& item : starts.items) {
    const ItemRecord* known = starts.journal.find(item.id);
    if (known == nullptr || known->state != ItemRecord::State::Running) continue;
    const std::string run = known->run;
    std::string error;
    const auto kept = read_record(run, error);
    if (kept && kept->goes_on && !kept->handed.empty()) {
      if (presence_of(kept->writer) == Presence::Here)
        return fail(starts,
                    fmt::format("process {} follows {}; end it first", kept->writer.pid, run));
      continue;
    }
    if (!wait_for(run))
      return fail(starts, fmt::format("processes of {} go on; end them first", run));
    // A run that nobody saw the end of may be done all the same.
    const auto now = read_record(run, error);
    const std::string state = now && !now->goes_on ? now->state : std::string("lost");
    if (!starts.journal.ended(item, state, machine.clock.utc(), error)) return fail(starts, error);
  }
  return true;
}

std::vector<CampaignItem> items_left(const CampaignStarts& starts) {
  std::vector<CampaignItem> left;
  for (const CampaignItem& item : starts.items) {
    const ItemRecord* record = starts.journal.find(item.id);
    if (record == nullptr || (!record->is_done() && record->state != ItemRecord::State::Running))
      left.push_back(item);
  }
  return left;
}

void say_begun(const CampaignStarts& starts, const CampaignItem& item, std::size_t number,
               std::size_t of) {
  say(starts.streams,
      fmt::format("{} of {}: {}{}", number, of, printable(starts.cases[item.of].name),
                  starts.words.repeat > 1 ? fmt::format(", start {}", item.number) : ""));
}

bool too_many_failures(const CampaignStarts& starts, std::int64_t failures, std::size_t left) {
  if (!starts.words.max_failures || failures < *starts.words.max_failures) return false;
  say(starts.streams,
      fmt::format("{} failed, so {} not begun", counted(failures, "start"),
                  counted(static_cast<std::int64_t>(left), "run") + (left == 1 ? " is" : " are")));
  return true;
}

bool note_end(const CampaignStarts& starts, const CampaignItem& item, const std::string& run,
              int status, Machine& machine) {
  std::string error;
  const auto record = run.empty() ? std::nullopt : read_record(run, error);
  // A log that is cut off is no result, however the job ended.
  const bool good = record && (status == kDone) == (record->state == end_name(Done{}));
  const std::string end = good ? record->state : std::string(end_name(Failed{}));
  return starts.journal.ended(item, end, machine.clock.utc(), error) || fail(starts, error);
}

bool ResultKeeper::keep_sometimes(Clock& clock) {
  constexpr std::chrono::seconds kBetween(5);
  constexpr int kShare = 10;
  const Time now = clock.now();
  if (next_ == Time{}) next_ = now + kBetween;
  if (now < next_) return true;
  if (!starts_.keep_results()) return false;
  const Time after = clock.now();
  next_ = after + std::max<Time::duration>(kBetween, kShare * (after - now));
  return true;
}

namespace {

/// The status of one start; absent when the journal cannot be written.
std::optional<int> start(const CampaignStarts& starts, const CampaignItem& item, Machine& machine) {
  const CampaignCase& one = starts.cases[item.of];
  std::string error;
  if (!starts.journal.begun(item, one.name, machine.clock.utc(), error)) {
    fail(starts, error);
    return std::nullopt;
  }
  std::string refusal;
  const auto work = one.work();
  const auto ready = startable(*work, one.at, starts.files, starts.split, starts.streams, refusal);
  if (!ready) {
    if (starts.journal.ended(item, end_name(NotStarted{}), machine.clock.utc(), error))
      return kJobFailed;
    fail(starts, error);
    return std::nullopt;
  }
  std::string run;
  bool kept = true;
  // What stands on standard output is the result.
  Streams job_streams = starts.streams;
  job_streams.out = [](std::string_view) {};
  job_streams.out_is_terminal = false;
  const int status = run_one(*ready, starts.split, machine, job_streams, starts.files.world,
                             [&](const std::string& path) {
                               run = whole_path(path);
                               kept = starts.journal.running(item, run, error);
                             });
  if (!kept) fail(starts, error);
  if (!kept || !note_end(starts, item, run, status, machine)) return std::nullopt;
  starts.ended(item.of, *work);
  return status;
}

}  // namespace

bool start_in_turn(const CampaignStarts& starts, Machine& machine,
                   std::optional<int>& interrupted) {
  std::int64_t failures = 0;
  ResultKeeper keeper(starts);
  const std::vector<CampaignItem> left = items_left(starts);
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (too_many_failures(starts, failures, left.size() - i)) return true;
    say_begun(starts, left[i], i + 1, left.size());
    const auto status = start(starts, left[i], machine);
    if (!status) return false;
    if (*status == kInterrupted || *status == kTerminated) {
      interrupted = *status;
      return true;
    }
    if (*status != kDone) ++failures;
    if (!keeper.keep_sometimes(machine.clock)) return false;
  }
  return true;
}

}  // namespace ipucnn::cli
