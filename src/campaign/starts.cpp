// The starts of a campaign one after the other, and what both ways of starting share.
#include "campaign/starts.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "base/text.h"
#include "ipucnn/run_control.h"

namespace ipucnn::campaigning {

std::string whole_path(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code code;
  const fs::path whole = fs::absolute(path, code);
  return code ? path : whole.lexically_normal().string();
}

namespace {

bool fail(const CampaignStarts& starts, const std::string& error) {
  starts.host.say(error);
  return false;
}

}  // namespace

bool has_lost_its_run(const ItemRecord& item) {
  std::error_code unknown;
  return item.is_done() && !std::filesystem::exists(item.run, unknown) && !unknown;
}

bool settle_starts(const CampaignStarts& starts, Machine& machine) {
  for (const CampaignItem& item : starts.items) {
    const ItemRecord* known = starts.journal.find(item.id);
    if (known != nullptr && has_lost_its_run(*known)) {
      std::string error;
      starts.host.say(fmt::format("{} of {} is gone, so it begins anew", known->run,
                                  printable(starts.cases[item.of].name)));
      if (!starts.journal.ended(item, "lost", machine.clock.utc(), error))
        return fail(starts, error);
      continue;
    }
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
    if (!wait_until_gone(run))
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
  starts.host.say(
      fmt::format("{} of {}: {}{}", number, of, printable(starts.cases[item.of].name),
                  starts.words.repeat > 1 ? fmt::format(", start {}", item.number) : ""));
}

bool too_many_failures(const CampaignStarts& starts, std::int64_t failures, std::size_t left) {
  if (!starts.words.max_failures || failures < *starts.words.max_failures) return false;
  starts.host.say(
      fmt::format("{} failed, so {} not begun", counted(failures, "start"),
                  counted(static_cast<std::int64_t>(left), "run") + (left == 1 ? " is" : " are")));
  return true;
}

RunOutcome run_case(const StartableRun& run, const CampaignStarts& starts, Machine& machine,
                    Watcher& watcher) {
  const RunResult result = run_plan(run_input(run, starts.words.start), machine, watcher);
  if (!result.error.empty()) starts.host.say(result.error);
  return outcome_of(result);
}

bool note_end(const CampaignStarts& starts, const CampaignItem& item, const std::string& run,
              bool done, Machine& machine) {
  std::string error;
  const auto record = run.empty() ? std::nullopt : read_record(run, error);
  // A log that is cut off is no result, however the job ended.
  const bool good = record && done == (record->state == end_name(Done{}));
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

/// What one start came to; absent when the journal cannot be written.
std::optional<RunOutcome> start(const CampaignStarts& starts, const CampaignItem& item,
                                Machine& machine) {
  const CampaignCase& one = starts.cases[item.of];
  std::string error;
  if (!starts.journal.begun(item, one.name, machine.clock.utc(), error)) {
    fail(starts, error);
    return std::nullopt;
  }
  std::string refusal;
  const auto work = work_of(one, item.number);
  const auto ready = starts.host.make_ready(*work, one, refusal);
  if (!ready) {
    if (starts.journal.ended(item, end_name(NotStarted{}), machine.clock.utc(), error))
      return RunOutcome::Failed;
    fail(starts, error);
    return std::nullopt;
  }
  std::string run;
  const auto display = starts.host.display_of(*ready, [&](const std::string& path) {
    run = whole_path(path);
    if (!starts.journal.running(item, run, error)) throw JournalFails{error};
  });
  try {
    const RunOutcome outcome = run_case(*ready, starts, machine, *display);
    if (!note_end(starts, item, run, outcome == RunOutcome::Done, machine)) return std::nullopt;
    starts.ended(item.of, *work);
    // One that was cancelled alone is a start that failed; the others go on.
    if (outcome == RunOutcome::Terminated && take_cancel_request(run)) return RunOutcome::Failed;
    return outcome;
  } catch (const JournalFails& failure) {
    fail(starts, failure.why);
    return std::nullopt;
  }
}

}  // namespace

bool start_in_turn(const CampaignStarts& starts, Machine& machine,
                   std::optional<RunOutcome>& interrupted) {
  std::int64_t failures = 0;
  ResultKeeper keeper(starts);
  const std::vector<CampaignItem> left = items_left(starts);
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (too_many_failures(starts, failures, left.size() - i)) return true;
    say_begun(starts, left[i], i + 1, left.size());
    const auto outcome = start(starts, left[i], machine);
    if (!outcome) return false;
    if (*outcome == RunOutcome::Interrupted || *outcome == RunOutcome::Terminated) {
      interrupted = *outcome;
      return true;
    }
    if (*outcome != RunOutcome::Done) ++failures;
    if (!keeper.keep_sometimes(machine.clock)) return false;
  }
  return true;
}

}  // namespace ipucnn::campaigning
