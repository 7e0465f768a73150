// What is done with runs after their start: all of it from their folders, and by signals.
#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <system_error>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/preflight.h"
#include "cli/request.h"
#include "ipucnn/local_run.h"
#include "ipucnn/report.h"

namespace ipucnn::cli {
namespace {

namespace fs = std::filesystem;

/// One command's words, and where it writes.
struct RunsCall {
  const SplitArgv& split;
  const Streams& streams;
  std::string parent;  ///< folder that holds the runs

  bool as_json() const { return format_of(split) == "json"; }
};

void wait_a_little() {
  constexpr int kMilliseconds = 200;
  ::poll(nullptr, 0, kMilliseconds);
}

/// The status that `run` itself would have ended with.
int status_of(const KeptRecord& run) {
  if (run.state == end_name(Done{})) return kDone;
  if (run.state != end_name(Interrupted{})) return kJobFailed;
  return run.signal == SIGTERM ? kTerminated : kInterrupted;
}

int list(const RunsCall& call) {
  std::vector<KeptRecord> runs = list_runs(call.parent);
  if (const auto state = call.split.value(Option::State))
    runs.erase(std::remove_if(runs.begin(), runs.end(),
                              [&](const KeptRecord& run) { return run.state != state->text; }),
               runs.end());
  if (call.as_json())
    call.streams.out(runs_json(runs));
  else if (runs.empty())
    say(call.streams, fmt::format("no such run in {}", call.parent));
  else
    call.streams.out(runs_text(runs));
  return kDone;
}

int show(const RunsCall& call, const KeptRecord& run) {
  call.streams.out(call.as_json() ? runs_json({run}) : run_text(run));
  return kDone;
}

/// The part of a log behind what was shown.
void show_more(const std::string& path, std::uint64_t& shown,
               const std::function<void(std::string_view)>& out) {
  std::uint64_t at = 0;
  std::string error;
  read_log(
      path,
      [&](std::string_view piece) {
        const std::uint64_t end = at + piece.size();
        if (end > shown) {
          out(piece.substr(shown > at ? static_cast<std::size_t>(shown - at) : 0));
          shown = end;
        }
        at = end;
      },
      error);
}

int logs(const RunsCall& call, KeptRecord run) {
  std::string folder;
  std::uint64_t out = 0;
  std::uint64_t err = 0;
  std::string error;
  while (true) {
    const auto kept = read_run(run.folder, error);
    if (!kept) {
      say(call.streams, error);
      return kUsage;
    }
    // A step that began meanwhile has logs of its own.
    const auto now =
        std::find_if(kept->tries.rbegin(), kept->tries.rend(),
                     [&](const KeptTry& one) { return !run.step || one.step == *run.step; });
    if (now != kept->tries.rend()) {
      if (now->folder != folder) out = err = 0;
      folder = now->folder;
      show_more(folder + "/stdout.log", out, call.streams.out);
      show_more(folder + "/stderr.log", err, call.streams.err);
    }
    if (!call.split.has(Option::Follow) || !run.goes_on) return kDone;
    wait_a_little();
    const auto next = read_record(run.folder, error);
    if (!next) return kDone;
    run = *next;
  }
}

int wait(const RunsCall& call, KeptRecord run) {
  std::string error;
  while (run.goes_on) {
    wait_a_little();
    const auto next = read_record(run.folder, error);
    if (!next) {
      say(call.streams, error);
      return kUsage;
    }
    run = *next;
  }
  say(call.streams, fmt::format("{}: {}", run.folder_name, run.state));
  return status_of(run);
}

int cancel(const RunsCall& call, const KeptRecord& run) {
  if (!run.goes_on) {
    say(call.streams, fmt::format("{} is over: {}", run.folder_name, run.state));
    return kFindings;
  }
  const bool here = presence_of(run.writer) == Presence::Here;
  if (!here || ::kill(static_cast<pid_t>(run.writer.pid), SIGTERM) != 0) {
    say(call.streams, here ? fmt::format("process {} is not ours to stop", run.writer.pid)
                           : fmt::format("it runs on {}; cancel it there", run.writer.host));
    return kFindings;
  }
  return wait(call, run) == kTerminated ? kDone : kFindings;
}

/// What a run itself wrote; checkpoints and whatever else lies there are none of it.
bool is_written_by_a_run(const fs::path& file) {
  constexpr std::string_view kNames[] = {"plan.json",   "resolved.yml", "explain.json",
                                         "record.json", "ipucnn.log",   "stdout.log",
                                         "stderr.log",  "times.csv",    "samples.csv"};
  const std::string name = file.filename().string();
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

/// Ends processes that a run left on this host, and says what its folder would free.
int clean(const RunsCall& call, const KeptRecord& run) {
  if (run.goes_on) {
    say(call.streams, fmt::format("{} goes on; cancel it first", run.folder_name));
    return kFindings;
  }
  std::error_code code;
  const std::string folder = fs::absolute(run.folder, code).lexically_normal().string();
  const auto strays = marked_processes(folder);
  for (const std::int64_t stray : strays) ::kill(static_cast<pid_t>(stray), SIGKILL);
  if (!strays.empty())
    say(call.streams,
        fmt::format("{}: ended {}", run.folder_name,
                    counted(static_cast<std::int64_t>(strays.size()), "left process")));
  std::uintmax_t bytes = 0;
  std::vector<fs::path> own;
  std::vector<fs::path> folders = {folder};
  std::int64_t others = 0;
  for (fs::recursive_directory_iterator it(folder, code), end; !code && it != end;
       it.increment(code)) {
    if (it->is_directory(code) && !it->is_symlink(code)) {
      folders.push_back(it->path());
    } else if (is_written_by_a_run(it->path())) {
      bytes += it->is_symlink(code) ? 0 : it->file_size(code);
      own.push_back(it->path());
    } else {
      ++others;
    }
  }
  const auto tell = [&](std::string_view freed, std::string_view stays) {
    std::string text = fmt::format("{}: {} {:.1f} MiB", run.folder_name, freed,
                                   static_cast<double>(bytes) / (1U << 20U));
    if (others > 0)
      text += fmt::format("; {} that it did not write {}", counted(others, "file"), stays);
    say(call.streams, text);
  };
  if (!call.split.has(Option::Delete)) {
    tell("--delete would free", "would stay");
    return kDone;
  }
  for (const fs::path& file : own) fs::remove(file, code);
  // Folders are removed only where they are empty, those inside first.
  for (auto it = folders.rbegin(); it != folders.rend(); ++it) fs::remove(*it, code);
  tell("freed", "stayed");
  return kDone;
}

using RunsFunction = int (*)(const RunsCall&, const KeptRecord&);

RunsFunction function_of(std::string_view what) {
  if (what == "show") return show;
  if (what == "logs")
    return [](const RunsCall& call, const KeptRecord& run) { return logs(call, run); };
  if (what == "wait")
    return [](const RunsCall& call, const KeptRecord& run) { return wait(call, run); };
  if (what == "cancel") return cancel;
  if (what == "clean") return clean;
  return nullptr;
}

}  // namespace

int cmd_runs(const SplitArgv& split, const Streams& streams, const World& world) {
  const RunsCall call{split, streams, runs_folder(split, world)};
  if (split.positionals.empty() ||
      (split.positionals.size() == 1 && split.positionals.front().text == "list"))
    return list(call);
  const std::string& what = split.positionals.front().text;
  const RunsFunction function = function_of(what);
  if (function == nullptr)
    return usage(streams,
                 fmt::format("runs can list, show, logs, wait, cancel and clean, not '{}'", what),
                 split);
  if (split.positionals.size() == 1)
    return usage(
        streams,
        fmt::format("runs {} takes a run: a path, a folder's name, its --name or `last`", what),
        split);
  int status = kDone;
  for (std::size_t i = 1; i < split.positionals.size(); ++i) {
    std::string error;
    const auto folder = find_run(call.parent, split.positionals[i].text, error);
    const auto run = folder ? read_record(*folder, error) : std::nullopt;
    if (!run) {
      say(streams, error);
      return kUsage;
    }
    const int one = function(call, *run);
    if (status == kDone) status = one;
  }
  return status;
}

}  // namespace ipucnn::cli
