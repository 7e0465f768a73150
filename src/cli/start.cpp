#include "cli/start.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/text.h"
#include "cli/commands.h"
#include "ipucnn/emit.h"
#include "ipucnn/launch.h"
#include "ipucnn/record.h"
#include "ipucnn/view.h"

namespace ipucnn::cli {
namespace {

using Clock = std::chrono::steady_clock;

/// Keeps every byte in the log files and shows it at once.
class Tee final : public Observer {
 public:
  Tee(const std::string& folder, const Streams& streams) : streams_(streams) {
    open(out_, folder + "/stdout.log");
    open(err_, folder + "/stderr.log");
  }
  Tee(const Tee&) = delete;
  Tee& operator=(const Tee&) = delete;
  ~Tee() override {
    if (out_ >= 0) ::close(out_);
    if (err_ >= 0) ::close(err_);
  }

  const std::string& error() const { return error_; }

  void bytes(Stream stream, std::string_view bytes, Time) override {
    keep(stream == Stream::Out ? out_ : err_, bytes);
    (stream == Stream::Out ? streams_.out : streams_.err)(bytes);
  }

 private:
  void open(int& fd, const std::string& path) {
    fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0 && error_.empty()) error_ = "cannot write " + path + ": " + std::strerror(errno);
  }

  /// The job goes on when the disk is full; what was kept so far stays.
  void keep(int fd, std::string_view bytes) {
    while (!bytes.empty() && error_.empty()) {
      const ssize_t n = ::write(fd, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        error_ = std::string("the log is cut off here: ") + std::strerror(errno);
        say(streams_, error_);
        return;
      }
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  const Streams& streams_;
  int out_ = -1;
  int err_ = -1;
  std::string error_;
};

std::string text_of(const Arg& arg) {
  std::string text;
  for (const Piece& piece : arg.pieces) text += piece.text;
  return text;
}

ProcessSpec process_of(const Command& command) {
  ProcessSpec spec;
  for (const Arg& arg : command.argv) spec.argv.push_back(text_of(arg));
  for (const auto& [name, value] : command.env) spec.env.emplace_back(name, text_of(value));
  spec.cwd = text_of(command.cwd);
  return spec;
}

/// 2026-11-21T03:38:00Z to 20261121T033800Z, which every file system takes.
std::string as_stamp(std::string_view time) {
  std::string out;
  for (const char c : time)
    if (c != '-' && c != ':') out += c;
  return out;
}

Diagnostics missing_variables(const std::vector<std::string>& names) {
  Diagnostics findings;
  for (const std::string& name : names)
    findings.add(FindingId::L005, Span{}, fmt::format("the variable {} is not set", name)).help =
        fmt::format("export {}, or write ${{env:{}:-DEFAULT}} where it is asked for", name, name);
  return findings;
}

void say_not_started(const ProcessSpec& spec, const NotStarted& why, const Streams& streams) {
  const std::string& program = spec.argv.front();
  if (!why.not_found) {
    say(streams, fmt::format("cannot start {}: {}", program, why.why));
    return;
  }
  if (program.find('/') == std::string::npos && program == "poprun")
    say(streams,
        "poprun is not on PATH. Source the Poplar SDK's enable.sh first (and the virtual\n"
        "environment of the framework). Without an SDK, --dry-run shows the command and\n"
        "--site rehearsal plays the whole job through");
  else
    say(streams,
        fmt::format("there is no program {}; the site's `programs:` may name another", program));
}

int status_of(const Ended& ended) {
  if (ended.interrupted) return *ended.interrupted == SIGTERM ? kTerminated : kInterrupted;
  const auto* exited = std::get_if<Exited>(&ended.exit);
  return exited != nullptr && exited->code == 0 ? kDone : kJobFailed;
}

TryRecord make_record(const Step& step, const Ended& ended) {
  TryRecord record;
  record.step = step.name;
  if (const auto* exited = std::get_if<Exited>(&ended.exit)) {
    record.outcome = "exited";
    record.exit_status = exited->code;
  } else if (const auto* killed = std::get_if<Killed>(&ended.exit)) {
    record.outcome = "killed";
    record.signal = killed->signal;
  } else {
    record.outcome = "not started";
  }
  if (ended.interrupted) record.outcome = "interrupted";
  if (status_of(ended) != kDone) record.reason = exit_text(ended.exit);
  return record;
}

class Starter {
 public:
  Starter(const JobPlan& plan, const Pipeline& pipeline, const Streams& streams, const World& world)
      : plan_(plan), pipeline_(pipeline), streams_(streams), world_(world) {}

  int run() {
    std::string error;
    folder_ = RunFolder::create((world_.folder == "." ? "" : world_.folder + "/") + "runs",
                                as_stamp(world_.now()), plan_.name, error);
    if (!folder_ || !write_inputs(error)) {
      say(streams_, error);
      return kJobFailed;
    }
    say(streams_, fmt::format("run folder {}", folder_->path()));
    for (const Step& step : plan_.steps)
      if (const int status = run_step(step); status != kDone) return status;
    return kDone;
  }

 private:
  bool write_inputs(std::string& error) const {
    // The plan is kept as it was made; what stood in variables is the environment's.
    return folder_->write({"plan.json", emit(plan_, "json")->front().text}, error) &&
           folder_->write({"resolved.yml", resolved_yaml(pipeline_.settings())}, error) &&
           folder_->write({"explain.json", explain_json(pipeline_.settings(), pipeline_.sources())},
                          error);
  }

  int run_step(const Step& step) {
    std::string error;
    const auto place = folder_->try_folder(step.name, 1, error);
    if (!place) {
      say(streams_, error);
      return kJobFailed;
    }
    Tee tee(*place, streams_);
    if (!tee.error().empty()) {
      say(streams_, tee.error());
      return kJobFailed;
    }
    const std::string started = world_.now();
    const auto from = Clock::now();
    const ProcessSpec spec = process_of(step.command);
    const Ended ended = world_.processes->run(spec, tee);
    TryRecord record = make_record(step, ended);
    record.started = started;
    record.ended = world_.now();
    record.seconds = std::chrono::duration<double>(Clock::now() - from).count();
    record.label = plan_.label;
    if (!write_file(*place + "/record.json", record_json(record), error)) say(streams_, error);
    report(step, spec, ended, *place);
    return status_of(ended);
  }

  void report(const Step& step, const ProcessSpec& spec, const Ended& ended,
              const std::string& place) {
    if (const auto* why = std::get_if<NotStarted>(&ended.exit)) {
      say_not_started(spec, *why, streams_);
      return;
    }
    const int status = status_of(ended);
    if (status == kDone) return;
    say(streams_, fmt::format("{} {}: {}; its output is in {}", step.name,
                              status == kJobFailed ? "failed" : "was interrupted",
                              exit_text(ended.exit), place));
  }

  const JobPlan& plan_;
  const Pipeline& pipeline_;
  const Streams& streams_;
  const World& world_;
  std::optional<RunFolder> folder_;
};

/// A run that cannot start should leave no folder. Says what is missing; true when nothing is.
bool can_start(const ProcessSpec& spec, const Streams& streams) {
  if (!spec.cwd.empty() && ::access(spec.cwd.c_str(), X_OK) != 0) {
    say(streams, fmt::format("the application's folder {} is not there", spec.cwd));
    return false;
  }
  if (find_program(spec)) return true;
  say_not_started(spec, {"", true}, streams);
  return false;
}

}  // namespace

int start(const JobPlan& plan, const Pipeline& pipeline, const SplitArgv& split,
          const Streams& streams, const World& world) {
  std::vector<std::string> missing;
  const JobPlan filled = substitute(plan, world.variable, missing);
  if (!missing.empty()) {
    print_findings(missing_variables(missing), pipeline.sources(), split, streams, world);
    return kFindings;
  }
  for (const Step& step : filled.steps)
    if (!can_start(process_of(step.command), streams)) return kJobFailed;
  return Starter(filled, pipeline, streams, world).run();
}

}  // namespace ipucnn::cli
