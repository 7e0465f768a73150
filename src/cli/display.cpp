#include "cli/display.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "base/text.h"
#include "cli/commands.h"
#include "ipucnn/report.h"

namespace ipucnn::cli {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kBetweenDraws(200);

/// "7 s", "2 m 05 s", "3 h 20 m".
std::string duration_text(std::chrono::steady_clock::duration time) {
  const auto all = duration_cast<seconds>(time).count();
  if (all < 60) return fmt::format("{} s", all);
  if (all < 3600) return fmt::format("{} m {:02} s", all / 60, all % 60);
  return fmt::format("{} h {:02} m", all / 3600, all / 60 % 60);
}

void say_not_started(const ProcessSpec& spec, const NotStarted& why, const Streams& streams) {
  const std::string& program = spec.argv.front();
  if (!why.not_found)
    say(streams, fmt::format("cannot start {}: {}", program, why.why));
  else if (program == "poprun")
    say(streams,
        "poprun is not on PATH. Source the Poplar SDK's enable.sh first (and the\n"
        "virtual environment of the framework). Without an SDK, --dry-run shows\n"
        "the command and --site rehearsal plays the whole job through");
  else
    say(streams,
        fmt::format("there is no program {}; the site's `programs:` may name another", program));
}

/// How a step that was started ended, for people.
std::string end_text(const End& end) {
  if (const auto* failed = std::get_if<Failed>(&end)) return "failed: " + exit_text(failed->how);
  if (const auto* silent = std::get_if<Silent>(&end))
    return "fell silent: exit status 0, but " + silent->missing;
  if (const auto* timed_out = std::get_if<TimedOut>(&end))
    return fmt::format("took longer than its limit for {}", timed_out->phase);
  if (const auto* interrupted = std::get_if<Interrupted>(&end))
    return fmt::format("was interrupted: signal {} ({})", interrupted->signal,
                       ::strsignal(interrupted->signal));
  if (const auto* lost = std::get_if<Lost>(&end)) return "was lost: " + lost->why;
  if (std::holds_alternative<Cancelled>(end)) return "was cancelled";
  if (std::holds_alternative<Preempted>(end)) return "was preempted";
  return "done";
}

}  // namespace

Display::Display(const Streams& streams, std::optional<std::string> label)
    : streams_(streams),
      label_(std::move(label)),
      moves_(streams.err_is_terminal),
      hides_out_(streams.err_is_terminal && streams.out_is_terminal) {}

void Display::run_began(const std::string& folder) {
  say(streams_, fmt::format("run folder {}", folder));
}

void Display::step_began(const Step& step, Time at) {
  step_ = step.name;
  instances_ = step.printing_instances.value_or(1);
  started_ = next_draw_ = at;
  err_at_line_start_ = true;
  first_value_told_ = false;
}

void Display::bytes(const Bytes& bytes, const Measurement& measured, Time at) {
  if (bytes.stream == Stream::Out) {
    if (!hides_out_) streams_.out(bytes.bytes);
  } else {
    erase();
    streams_.err(bytes.bytes);
    if (!bytes.bytes.empty()) err_at_line_start_ = bytes.bytes.back() == '\n';
  }
  note_phase(measured, at);
}

std::optional<Time> Display::next_tick() {
  return moves_ ? std::optional<Time>(next_draw_) : std::nullopt;
}

/// Where no line moves, the long wait for the first figure at least ends with a word.
void Display::note_phase(const Measurement& measured, Time now) {
  if (moves_ || first_value_told_ || !measured.latest(measured.proof().what)) return;
  first_value_told_ = true;
  say(streams_, fmt::format("{}: the first value after {}; {} of {} write", step_,
                            duration_text(now - started_), measured.instances(),
                            counted(instances_, "instance")));
}

std::string Display::status_line(const Measurement& measured, Time now) const {
  std::string text = label_ ? *label_ + " " : "";
  text += fmt::format("{}  {}  {}/{}", step_, duration_text(now - started_), measured.instances(),
                      counted(instances_, "instance"));
  const auto proof = measured.find(measured.proof().what);
  const auto value = measured.latest(measured.proof().what);
  if (measured.instances() == 0)
    text += "  starting";
  else if (proof && !value)
    text += "  preparing";
  if (const auto epoch = measured.latest("epoch")) text += fmt::format("  epoch {:.2f}", *epoch);
  if (proof && value) text += fmt::format("  {:.1f} {}", *value, measured.metrics()[*proof].unit);
  return text.substr(0, streams_.width - 1);
}

void Display::tick(const Measurement& measured, Time now) {
  if (!moves_ || now < next_draw_) return;
  next_draw_ = now + kBetweenDraws;
  if (!err_at_line_start_) return;
  streams_.err("\r" + status_line(measured, now) + "\x1b[K");
  drawn_ = true;
}

void Display::erase() {
  if (drawn_) streams_.err("\r\x1b[K");
  drawn_ = false;
}

void Display::log_cut_off(const std::string& why) {
  erase();
  say(streams_, why);
}

void Display::step_ended(const ReadyStep& step, const StepResult& result) {
  erase();
  if (const auto* why = std::get_if<NotStarted>(&result.end)) {
    say_not_started(process_of(step.command()), *why, streams_);
    return;
  }
  say(streams_,
      fmt::format("{} {}; its output is in {}", step_, end_text(result.end), result.place));
  streams_.err(report_text(result.measured, label_));
}

bool can_start(const FilledPlan& plan, const Streams& streams) {
  for (const Command& command : plan.commands()) {
    const ProcessSpec spec = process_of(command);
    if (!spec.cwd.empty() && ::access(spec.cwd.c_str(), X_OK) != 0) {
      say(streams, fmt::format("the application's folder {} is not there", spec.cwd));
      return false;
    }
    if (find_program(spec)) continue;
    say_not_started(spec, {"", true}, streams);
    return false;
  }
  return true;
}

}  // namespace ipucnn::cli
