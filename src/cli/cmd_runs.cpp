// What is done with runs after their start: all of it from their folders, and by signals.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/preflight.h"
#include "cli/request.h"
#include "cli/run_plans.h"
#include "ipucnn/bundle.h"
#include "ipucnn/report.h"
#include "ipucnn/run_campaign.h"
#include "ipucnn/run_control.h"

namespace ipucnn::cli {
namespace {

/// One command's words, and where it writes.
struct RunsCall {
  const SplitArgv& split;
  const Streams& streams;
  const World& world;
  std::string parent;  ///< folder that holds the runs
  Word asked{};        ///< that named the run

  bool as_json() const { return format_of(split) == "json"; }
};

int fail(const RunsCall& call, const std::string& error, int status = kUsage) {
  say(call.streams, error);
  return status;
}

/// The status that `run` itself would have ended with.
int status_of(const KeptRecord& run) {
  if (run.state == end_name(Done{}) && run.log_error.empty()) return kDone;
  if (run.state != end_name(Interrupted{})) return kJobFailed;
  return run.signal == SIGTERM ? kTerminated : kInterrupted;
}

void say_end(const RunsCall& call, const KeptRecord& run) {
  say(call.streams,
      fmt::format("{}: {}{}", run.folder_name, run.state, run.reason ? ": " + *run.reason : ""));
  if (!run.log_error.empty()) say(call.streams, run.log_error);
}

bool is_state(std::string_view text) {
  const End ends[] = {Done{},       Failed{}, Silent{},    TimedOut{}, Interrupted{},
                      NotStarted{}, Lost{},   Cancelled{}, Preempted{}};
  return is_going_on(text) || std::any_of(std::begin(ends), std::end(ends),
                                          [&](const End& end) { return end_name(end) == text; });
}

int list(const RunsCall& call) {
  const auto asked = call.split.value(Option::State);
  if (asked && !is_state(asked->text))
    return misused(*asked, fmt::format("no run has the state '{}'", asked->text), call.split,
                   call.streams, call.world);
  auto runs = list_or_say(call.parent, call.streams);
  if (!runs) return kUsage;
  if (asked) std::erase_if(*runs, [&](const KeptRecord& run) { return run.state != asked->text; });
  if (call.as_json())
    call.streams.out(runs_json(*runs));
  else if (runs->empty())
    say(call.streams, fmt::format("no such run in {}", call.parent));
  else
    call.streams.out(runs_text(*runs, out_width(call.streams)));
  return kDone;
}

int show(const RunsCall& call, const KeptRecord& now) {
  std::string error;
  const KeptRecord run = settled(now, call.world.with_machine, error);
  if (!error.empty()) say(call.streams, error);
  print_result(call.streams, call.as_json() ? "json" : "text",
               call.as_json() ? runs_json({run}) : run_text(run));
  return kDone;
}

/// Passes the job's output on as it was.
struct Passing final : Watcher {
  explicit Passing(const Streams& to) : streams(to) {}
  void bytes(const Bytes& bytes, const Measurement& /*measured*/, Time /*at*/) override {
    (bytes.stream == Stream::Out ? streams.out : streams.err)(bytes.bytes);
  }
  const Streams& streams;
};

int logs(const RunsCall& call, const KeptRecord& run) {
  Passing passing(call.streams);
  const Until until = call.split.has(Option::Follow) ? Until::TheEnd : Until::Now;
  std::string error;
  const auto read = follow(run, until, passing, call.world.with_machine, error);
  return read ? kDone : fail(call, error);
}

int attach(const RunsCall& call, const KeptRecord& run) {
  Display display(call.streams,
                  display_style(call.streams, run.chosen("label"), call.split.has(Option::Quiet)));
  say(call.streams, fmt::format("{}: {}; Ctrl-C leaves it running", run.folder_name, run.state));
  std::string error;
  const auto ended = follow(run, Until::TheEnd, display, call.world.with_machine, error);
  if (!ended) say(call.streams, error);
  display.finish();
  if (!ended) return kUsage;
  say_end(call, *ended);
  return status_of(*ended);
}

int wait(const RunsCall& call, const KeptRecord& run) {
  std::string error;
  const auto ended = wait_for_end(run, call.world.with_machine, error);
  if (!ended) return fail(call, error);
  say_end(call, *ended);
  return status_of(*ended);
}

/// Tells what becomes of what is being ended.
struct Telling final : Watcher {
  explicit Telling(const Streams& to) : streams(to) {}
  void stopping(const std::string& what) override { say(streams, what); }
  const Streams& streams;
};

int cancel(const RunsCall& call, const KeptRecord& run) {
  if (!run.goes_on)
    return fail(call, fmt::format("{} is over: {}", run.folder_name, run.state), kFindings);
  const auto campaign = run.unattended ? std::nullopt : campaign_of(run);
  if (campaign)
    say(call.streams, fmt::format("the other runs of {} go on; `kill {}` on {} ends them all",
                                  *campaign, run.writer.pid, run.writer.host));
  Telling telling(call.streams);
  bool refused = false;
  std::string error;
  const auto ended = cancel_run(run, campaign ? Reach::ThisRun : Reach::AllRunsOfItsProcess,
                                telling, call.world.with_machine, refused, error);
  if (!ended) return fail(call, error, refused ? kFindings : kUsage);
  say_end(call, *ended);
  return was_cancelled(*ended) ? kDone : kFindings;
}

/// Ends processes that a run left on this host, and says what its folder would free.
int clean(const RunsCall& call, const KeptRecord& run) {
  if (run.goes_on)
    return fail(call, fmt::format("{} goes on; cancel it first", run.folder_name), kFindings);
  const Leavings left = leavings_of(run.folder);
  end_strays(left);
  if (!left.strays.empty())
    say(call.streams,
        fmt::format("{}: ended {}", run.folder_name,
                    counted(static_cast<std::int64_t>(left.strays.size()), "left process")));
  const bool deleted = call.split.has(Option::Delete);
  if (deleted) delete_own(left);
  std::string text =
      fmt::format("{}: {} {:.1f} MiB", run.folder_name, deleted ? "freed" : "--delete would free",
                  static_cast<double>(left.bytes) / (1U << 20U));
  if (left.others > 0)
    text += fmt::format("; {} that it did not write {}", counted(left.others, "file"),
                        deleted ? "stayed" : "would stay");
  say(call.streams, text);
  return kDone;
}

int bundle(const RunsCall& call, const KeptRecord& run) {
  std::string error;
  const std::string name = run.folder_name + ".tar.gz";
  const auto archive = bundle_of(run.folder, error);
  if (!archive || !write_file(call.world.below(name), *archive, error)) return fail(call, error);
  call.streams.out(name + "\n");
  return kDone;
}

int rerun_it(const RunsCall& call, const KeptRecord& run) {
  return rerun(run, call.asked, false, call.split, call.streams, call.world);
}

int resume(const RunsCall& call, const KeptRecord& run) {
  return rerun(run, call.asked, true, call.split, call.streams, call.world);
}

using RunsFunction = int (*)(const RunsCall&, const KeptRecord&);

/// What is done with a run, and which options of ours mean something there.
struct RunsRow {
  std::string_view what;
  RunsFunction function;
  unsigned options;
};
constexpr unsigned kFollows = 1;
constexpr unsigned kDeletes = 2;
constexpr unsigned kStarts = 4;
constexpr unsigned kQuiets = 8;
constexpr RunsRow kRows[] = {
    {"show", show, 0},           {"logs", logs, kFollows}, {"attach", attach, kQuiets},
    {"wait", wait, 0},           {"cancel", cancel, 0},    {"rerun", rerun_it, kStarts},
    {"resume", resume, kStarts}, {"bundle", bundle, 0},    {"clean", clean, kDeletes},
};

std::string known_words() {
  std::string text = "list";
  for (const RunsRow& row : kRows) text += fmt::format(", {}", row.what);
  return text;
}

/// The first option that means nothing to what is done.
const Given* misplaced(const SplitArgv& split, unsigned options) {
  const auto needed = [](const OptionRow& row) -> unsigned {
    if (row.id == Option::Follow) return kFollows;
    if (row.id == Option::Delete) return kDeletes;
    if (row.id == Option::Quiet) return kStarts | kQuiets;
    return row.group == HelpGroup::Running && row.id != Option::Output ? kStarts : 0;
  };
  for (const Given& given : split.given)
    if (const unsigned any = needed(*given.row); any != 0 && (any & options) == 0) return &given;
  return nullptr;
}

}  // namespace

int cmd_runs(const SplitArgv& split, const Streams& streams, const World& world) {
  const std::string what = split.positionals.empty() ? "list" : split.positionals.front().text;
  const auto row = std::find_if(std::begin(kRows), std::end(kRows),
                                [&](const RunsRow& one) { return one.what == what; });
  const bool lists = what == "list";
  if (!lists && row == std::end(kRows))
    return misused(split.positionals.front(),
                   fmt::format("runs can {}, not '{}'", known_words(), what), split, streams,
                   world);
  if (const Given* given = misplaced(split, lists ? 0 : row->options))
    return misused(given->flag,
                   fmt::format("{} means nothing to `runs {}`", given->row->flag(), what), split,
                   streams, world);
  if (!lists && (row->options & kStarts) != 0 && split.positionals.size() > 2)
    return misused(split.positionals[2], fmt::format("runs {} takes one run", what), split, streams,
                   world);
  if (split.positionals.size() == 1 && !lists)
    return usage(
        streams,
        fmt::format("runs {} takes a run: a path, a folder's name, its --name or `last`", what),
        split);
  RunsCall call{split, streams, world, runs_folder(split, world)};
  if (lists) return list(call);
  int status = kDone;
  for (std::size_t i = 1; i < split.positionals.size(); ++i) {
    std::string error;
    call.asked = split.positionals[i];
    const auto folder = find_run(call.parent, call.asked.text, error);
    const auto run = folder ? read_record(*folder, error) : std::nullopt;
    if (!run) return fail(call, error);
    const int one = row->function(call, *run);
    if (status == kDone) status = one;
  }
  return status;
}

}  // namespace ipucnn::cli
