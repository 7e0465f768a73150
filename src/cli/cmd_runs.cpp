// What is done with runs after their start: all of it from their folders, and by signals.
#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <csignal>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/preflight.h"
#include "cli/request.h"
#include "cli/run_plans.h"
#include "cli/take_over.h"
#include "ipucnn/bundle.h"
#include "ipucnn/kept_runs.h"
#include "ipucnn/local_run.h"
#include "ipucnn/report.h"

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

void wait_a_little() {
  constexpr int kMilliseconds = 200;
  ::poll(nullptr, 0, kMilliseconds);
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
  UnreadRuns unread;
  std::vector<KeptRecord> runs = list_runs(call.parent, unread);
  if (unread.folder) {
    say(call.streams, "cannot read " + call.parent + ": " + unread.folder.message());
    return kUsage;
  }
  for (const std::string& why : unread.records) say(call.streams, why);
  if (asked)
    runs.erase(std::remove_if(runs.begin(), runs.end(),
                              [&](const KeptRecord& run) { return run.state != asked->text; }),
               runs.end());
  if (call.as_json())
    call.streams.out(runs_json(runs));
  else if (runs.empty())
    say(call.streams, fmt::format("no such run in {}", call.parent));
  else
    call.streams.out(runs_text(runs, out_width(call.streams)));
  return kDone;
}

int show(const RunsCall& call, const KeptRecord& now) {
  const KeptRecord run =
      now.unattended ? take_over_what_is_over(now, call.streams, call.world) : now;
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

/// Follows a run to its end, or as far as it is where `once`.
int follow(const RunsCall& call, const KeptRecord& run, Watcher& watcher, bool once,
           std::optional<KeptRecord>& at_the_end) {
  if (run.unattended && !once) {
    at_the_end = take_over(run, false, watcher, call.streams, call.world);
    return at_the_end ? kDone : kUsage;
  }
  RunFollower follower(run.folder);
  SystemClock clock;
  std::string error;
  do {
    if (!follower.look(watcher, clock, error)) {
      say(call.streams, error);
      return kUsage;
    }
    if (once || !follower.record().goes_on) break;
    wait_a_little();
  } while (true);
  at_the_end = follower.record();
  return kDone;
}

int logs(const RunsCall& call, const KeptRecord& run) {
  Passing passing(call.streams);
  std::optional<KeptRecord> at_the_end;
  return follow(call, run, passing, !call.split.has(Option::Follow), at_the_end);
}

int attach(const RunsCall& call, const KeptRecord& run) {
  Display display(call.streams,
                  display_style(call.streams, run.chosen("label"), call.split.has(Option::Quiet)));
  say(call.streams, fmt::format("{}: {}; Ctrl-C leaves it running", run.folder_name, run.state));
  std::optional<KeptRecord> at_the_end;
  const int status = follow(call, run, display, false, at_the_end);
  display.finish();
  if (!at_the_end) return status;
  say_end(call, *at_the_end);
  return status_of(*at_the_end);
}

int wait(const RunsCall& call, const KeptRecord& now) {
  KeptRecord run = now;
  std::string error;
  while (run.goes_on) {
    if (run.unattended) {
      Watcher nobody;
      const auto taken = take_over(run, false, nobody, call.streams, call.world);
      if (!taken) return kUsage;
      run = *taken;
      continue;
    }
    wait_a_little();
    const auto next = read_record(run.folder, error);
    if (!next) {
      say(call.streams, error);
      return kUsage;
    }
    run = *next;
  }
  say_end(call, run);
  return status_of(run);
}

/// Tells what becomes of what is being ended.
struct Telling final : Watcher {
  explicit Telling(const Streams& to) : streams(to) {}
  void stopping(const std::string& what) override { say(streams, what); }
  const Streams& streams;
};

int cancel(const RunsCall& call, const KeptRecord& run) {
  if (!run.goes_on) {
    say(call.streams, fmt::format("{} is over: {}", run.folder_name, run.state));
    return kFindings;
  }
  if (run.unattended) {
    Telling telling(call.streams);
    const auto taken = take_over(run, true, telling, call.streams, call.world);
    if (!taken) return kUsage;
    say_end(call, *taken);
    return taken->state == end_name(Cancelled{}) ? kDone : kFindings;
  }
  const bool here = presence_of(run.writer) == Presence::Here;
  if (!here || ::kill(static_cast<pid_t>(run.writer.pid), SIGTERM) != 0) {
    say(call.streams, here ? fmt::format("process {} is not ours to stop", run.writer.pid)
                           : fmt::format("it runs on {}; cancel it there", run.writer.host));
    return kFindings;
  }
  return wait(call, run) == kTerminated ? kDone : kFindings;
}

/// Ends processes that a run left on this host, and says what its folder would free.
int clean(const RunsCall& call, const KeptRecord& run) {
  if (run.goes_on) {
    say(call.streams, fmt::format("{} goes on; cancel it first", run.folder_name));
    return kFindings;
  }
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
  if (!archive || !write_file(call.world.below(name), *archive, error)) {
    say(call.streams, error);
    return kUsage;
  }
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
    if (!run) {
      say(streams, error);
      return kUsage;
    }
    const int one = row->function(call, *run);
    if (status == kDone) status = one;
  }
  return status;
}

}  // namespace ipucnn::cli
