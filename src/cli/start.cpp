#include "cli/start.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/watch.h"
#include "ipucnn/emit.h"
#include "ipucnn/launch.h"
#include "ipucnn/measure.h"
#include "ipucnn/record.h"
#include "ipucnn/report.h"
#include "ipucnn/view.h"

namespace ipucnn::cli {
namespace {

using Clock = std::chrono::steady_clock;

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

bool ended_well(const Ended& ended) {
  const auto* exited = std::get_if<Exited>(&ended.exit);
  return !ended.interrupted && exited != nullptr && exited->code == 0;
}

int status_of(const Ended& ended, Verdict verdict) {
  if (ended.interrupted) return *ended.interrupted == SIGTERM ? kTerminated : kInterrupted;
  return verdict == Verdict::Succeeded ? kDone : kJobFailed;
}

/// What a silent step did not do.
std::string missing_proof(const ProofPattern& proof) {
  return proof.kind == ProofPattern::Kind::Text
             ? fmt::format("'{}' was not printed", proof.what)
             : fmt::format("no {} was printed", replace_char(proof.what, '_', ' '));
}

TryRecord make_record(const Step& step, const Ended& ended, Verdict verdict) {
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
  record.verdict = verdict_name(verdict);
  if (!ended_well(ended)) record.reason = exit_text(ended.exit);
  return record;
}

class Starter {
 public:
  Starter(const JobPlan& plan, const JobPlan& filled, const JobPoint& point, const Sources& sources,
          const Streams& streams, const World& world)
      : plan_(plan),
        filled_(filled),
        point_(point),
        sources_(sources),
        streams_(streams),
        world_(world) {}

  int run() {
    std::string error;
    folder_ = RunFolder::create((world_.folder == "." ? "" : world_.folder + "/") + "runs",
                                as_stamp(world_.now()), plan_.name, error);
    if (!folder_ || !write_inputs(error)) {
      say(streams_, error);
      return kJobFailed;
    }
    say(streams_, fmt::format("run folder {}", folder_->path()));
    put_run_folder(filled_, std::filesystem::absolute(folder_->path()).string());
    for (std::size_t i = 0; i < filled_.steps.size(); ++i)
      if (const int status = run_step(filled_.steps[i]); status != kDone) return status;
    return kDone;
  }

 private:
  bool write_inputs(std::string& error) const {
    const JobStep& first = point_.first();
    // The plan is kept as it was made: what stands in variables may be a secret.
    return folder_->write({"plan.json", emit(plan_, "json")->front().text}, error) &&
           folder_->write({"resolved.yml", resolved_yaml(first.settings)}, error) &&
           write_files(error) &&
           folder_->write({"explain.json", explain_json(first.settings, sources_)}, error);
  }

  bool write_files(std::string& error) const {
    for (const PlanFile& file : plan_.files)
      if (!folder_->write({file.name, file.text}, error)) return false;
    return true;
  }

  int run_step(const Step& step) {
    std::string error;
    const auto place = folder_->try_folder(step.name, 1, error);
    if (!place) {
      say(streams_, error);
      return kJobFailed;
    }
    Measurement measured(step.metrics, step.proof);
    Watch watch(*place, {step.name, step.geometry.instances.value_or(1), plan_.label}, measured,
                streams_);
    if (!watch.error().empty()) {
      say(streams_, watch.error());
      return kJobFailed;
    }
    const std::string started = world_.now();
    const auto from = Clock::now();
    const ProcessSpec spec = process_of(step.command);
    const Ended ended = world_.processes->run(spec, watch);
    watch.finish();
    const Verdict verdict = measured.verdict(ended_well(ended));
    TryRecord record = make_record(step, ended, verdict);
    record.started = started;
    record.ended = world_.now();
    record.seconds = std::chrono::duration<double>(Clock::now() - from).count();
    record.label = plan_.label;
    if (!write_file(*place + "/record.json", record_json(record), error)) say(streams_, error);
    report(step, spec, ended, *place, measured);
    return status_of(ended, verdict);
  }

  void report(const Step& step, const ProcessSpec& spec, const Ended& ended,
              const std::string& place, const Measurement& measured) {
    if (const auto* why = std::get_if<NotStarted>(&ended.exit)) {
      say_not_started(spec, *why, streams_);
      return;
    }
    const Verdict verdict = measured.verdict(ended_well(ended));
    std::string text = step.name;
    if (verdict == Verdict::Succeeded)
      text += " done";
    else if (verdict == Verdict::Silent)
      text += fmt::format(" fell silent: exit status 0, but {}", missing_proof(measured.proof()));
    else
      text += fmt::format(" {}: {}", ended.interrupted ? "was interrupted" : "failed",
                          exit_text(ended.exit));
    say(streams_, fmt::format("{}; its output is in {}", text, place));
    streams_.err(report_text(measured, plan_.label));
  }

  const JobPlan& plan_;
  JobPlan filled_;
  const JobPoint& point_;
  const Sources& sources_;
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

int start(const JobPlan& plan, const JobPlan& filled, const JobPoint& point, const Sources& sources,
          const Streams& streams, const World& world) {
  for (const Step& step : filled.steps)
    if (!can_start(process_of(step.command), streams)) return kJobFailed;
  return Starter(plan, filled, point, sources, streams, world).run();
}

}  // namespace ipucnn::cli
