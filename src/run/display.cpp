#include "ipucnn/display.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/text.h"

namespace ipucnn {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kBetweenDraws(200);
constexpr std::chrono::minutes kBetweenLines(1);
constexpr std::size_t kLongestPending = std::size_t{64} * 1024;

/// "7 s", "2 m 05 s", "3 h 20 m".
std::string time_text(std::chrono::steady_clock::duration time) {
  const auto all = duration_cast<seconds>(time).count();
  if (all < 60) return fmt::format("{} s", all);
  if (all < 3600) return fmt::format("{} m {:02} s", all / 60, all % 60);
  return fmt::format("{} h {:02} m", all / 3600, all / 60 % 60);
}

std::string not_started_text(const std::string& program, const NotStarted& why) {
  return why.not_found ? fmt::format("there is no program {}", program)
                       : fmt::format("cannot start {}: {}", program, why.why);
}

/// How a step that was started ended, for people.
std::string end_text(const End& end) {
  if (const auto* failed = std::get_if<Failed>(&end)) return "failed: " + exit_text(failed->how);
  if (const auto* silent = std::get_if<Silent>(&end))
    return "fell silent: exit status 0, but " + silent->missing;
  if (std::holds_alternative<TimedOut>(end))
    return "was ended: " + facts_of(end).reason.value_or("");
  if (const auto* interrupted = std::get_if<Interrupted>(&end))
    return fmt::format("was interrupted: signal {} ({})", interrupted->signal,
                       ::strsignal(interrupted->signal));
  if (const auto* lost = std::get_if<Lost>(&end)) return "was lost: " + lost->why;
  if (std::holds_alternative<Cancelled>(end)) return "was cancelled";
  if (std::holds_alternative<Preempted>(end)) return "was preempted";
  return "done";
}

}  // namespace

Display::Display(const Terminal& terminal, DisplayStyle style)
    : terminal_(terminal),
      style_(std::move(style)),
      moves_(terminal.err_is_terminal && !style_.quiet),
      scrolls_out_(moves_ && terminal.out_is_terminal) {
  pending_[0].to = &terminal_.out;
  pending_[1].to = &terminal_.err;
}

void Display::run_began(const std::string& folder) {
  if (style_.began) style_.began(folder);
  if (!style_.quiet) style_.say(fmt::format("run folder {}", folder));
}

/// Below what the job has written, which need not end its last line.
void Display::tell(std::string_view text) {
  const bool same = is_open_[0] && terminal_.one_place && terminal_.one_place();
  if (!moves_ && (is_open_[1] || same)) terminal_.err("\n");
  is_open_ = {};
  style_.say(text);
}

void Display::step_began(const Step& step, Time at) {
  step_ = step.name;
  phase_.clear();
  goal_.reset();
  before_.reset();
  trend_.reset();
  tries_ = step.name == last_step_ ? tries_ + 1 : 1;
  last_step_ = step.name;
  instances_ = step.printing_instances.value_or(1);
  started_ = at;
  next_tick_ = moves_ ? at : at + kBetweenLines;
  first_value_told_ = false;
}

void Display::phase_began(const std::string& phase, Time at) {
  phase_ = phase;
  phase_began_ = at;
  if (!moves_ && !style_.quiet)
    tell(fmt::format("{}: {} after {}", step_, phase, time_text(at - started_)));
}

void Display::bytes(const Bytes& bytes, const Measurement& measured, Time at) {
  const bool out = bytes.stream == Stream::Out;
  if (out ? scrolls_out_ : moves_)
    scroll(pending_.at(out ? 0 : 1), bytes.bytes);
  else
    (out ? terminal_.out : terminal_.err)(bytes.bytes);
  if (!bytes.bytes.empty()) is_open_.at(out ? 0 : 1) = bytes.bytes.back() != '\n';
  note_first_figure(measured, at);
}

/// Whole lines stand above those that move; of a bar that draws itself anew the last state is
/// shown.
void Display::scroll(Pending& pending, std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    pending.text += bytes.substr(0, end);
    if (end == bytes.npos) {
      if (pending.text.size() > kLongestPending)
        show_line(pending, std::exchange(pending.text, {}));
      return;
    }
    show_line(pending, std::exchange(pending.text, {}));
    bytes.remove_prefix(end + 1);
  }
}

void Display::show_line(Pending& pending, std::string_view line) {
  erase();
  while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (const std::size_t redrawn = line.rfind('\r'); redrawn != line.npos)
    line.remove_prefix(redrawn + 1);
  (*pending.to)(std::string(line) + "\n");
  next_tick_ = {};
}

std::optional<Time> Display::next_tick() {
  return style_.quiet ? std::nullopt : std::optional<Time>(next_tick_);
}

/// Where no line moves, the long wait for the first figure at least ends with a word.
void Display::note_first_figure(const Measurement& measured, Time now) {
  if (moves_ || style_.quiet || first_value_told_ || !measured.latest(measured.proof().what))
    return;
  first_value_told_ = true;
  tell(fmt::format("{}: the first value after {}; {} of {} write", step_, time_text(now - started_),
                   measured.instances(), counted(instances_, "instance")));
}

void Display::note_progress(const Measurement& measured, Time now) {
  for (const MetricPattern& metric : measured.metrics()) {
    const auto value = metric.total.empty() ? std::nullopt : measured.latest(metric.name);
    const double total = std::strtod(metric.total.c_str(), nullptr);
    if (!value || total <= 0) continue;
    if (!goal_ || goal_->metric != metric.name) goal_ = {metric.name, now, *value, *value, total};
    goal_->value = *value;
    break;  // what the descriptor names first is what ends the run
  }
  const auto rate = measured.latest(measured.proof().what);
  if (rate && (!before_ || now - before_->at >= kBetweenLines)) {
    trend_ = before_ && before_->value > 0 ? std::optional(*rate / before_->value - 1) : trend_;
    before_ = {now, *rate};
  }
}

/// By the pace since the first value, whose own time has the compilation in it.
std::optional<std::chrono::steady_clock::duration> Display::time_left(Time now) const {
  if (!goal_ || goal_->value <= goal_->first || goal_->value >= goal_->total) return std::nullopt;
  const double done = goal_->value - goal_->first;
  const double seconds = std::chrono::duration<double>(now - goal_->since).count();
  constexpr double kLongest = 1e9;
  return duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(
      std::min(kLongest, seconds * (goal_->total - goal_->value) / done)));
}

/// "8 of 8 instances write  epoch 3.20 of 65  1234.5 samples/s (+0.4 %)  2 h 05 m left".
std::string Display::progress(const Measurement& measured, Time now) const {
  std::string text =
      fmt::format("{} of {} write", measured.instances(), counted(instances_, "instance"));
  for (const MetricPattern& metric : measured.metrics()) {
    const auto value = measured.latest(metric.name);
    const bool epochs = metric.unit == "epochs";
    if (!value || (!epochs && metric.total.empty())) continue;
    text += fmt::format("  {} ", metric.name);
    text += epochs ? fmt::format("{:.2f}", *value) : fmt::format("{:.0f}", *value);
    if (!metric.total.empty()) text += " of " + metric.total;
  }
  const auto proof = measured.find(measured.proof().what);
  const auto value = measured.latest(measured.proof().what);
  if (proof && value) text += fmt::format("  {:.1f} {}", *value, measured.metrics()[*proof].unit);
  if (proof && value && trend_) text += fmt::format(" ({:+.1f} % in a minute)", 100 * *trend_);
  if (const auto left = time_left(now)) text += fmt::format("  {} left", time_text(*left));
  return text;
}

void Display::tick(const Measurement& measured, Time now) {
  if (style_.quiet || now < next_tick_) return;
  note_progress(measured, now);
  if (moves_) {
    draw(measured, now);
    next_tick_ = now + kBetweenDraws;
    return;
  }
  next_tick_ += kBetweenLines;
  tell(fmt::format("{}: {}  {}", step_, time_text(now - started_), progress(measured, now)));
}

void Display::draw(const Measurement& measured, Time now) {
  const std::size_t width = (terminal_.width_now ? terminal_.width_now() : terminal_.width) - 1;
  std::string head = style_.label ? *style_.label + " " : "";
  head += fmt::format("{}  {}", step_, time_text(now - started_));
  if (tries_ > 1) head += fmt::format("  try {}", tries_);
  if (!phase_.empty())
    head += fmt::format("  {} {}", phase_, time_text(now - phase_began_));
  else if (measured.instances() == 0)
    head += "  starting";
  erase();
  terminal_.err(printable(head).substr(0, width) + "\n" + progress(measured, now).substr(0, width));
  drawn_ = 2;
}

void Display::erase() {
  if (drawn_ == 0) return;
  std::string text = "\r\x1b[K";
  for (std::size_t i = 1; i < drawn_; ++i) text += "\x1b[1A\x1b[K";
  terminal_.err(text);
  drawn_ = 0;
}

void Display::log_cut_off(const std::string& why) {
  erase();
  tell(why);
}

void Display::stopping(const std::string& what) {
  erase();
  tell(fmt::format("{}: {}", step_, what));
}

void Display::finish() {
  for (Pending& pending : pending_)
    if (!pending.text.empty()) show_line(pending, std::exchange(pending.text, {}));
  erase();
}

void Display::step_ended(const ReadyStep& step, const StepResult& result) {
  finish();
  if (const auto* why = std::get_if<NotStarted>(&result.end)) {
    style_.say(not_started_text(process_of(step.command()).argv.front(), *why));
    return;
  }
  const bool done = std::holds_alternative<Done>(result.end);
  if (!style_.quiet || !done)
    tell(fmt::format("{} {}; its output is in {}", step_, end_text(result.end), result.place));
  for (const SeenMessage& seen : result.messages) {
    if (style_.quiet && done) continue;
    terminal_.err(fmt::format("  {}: {}\n", printable(seen.id), printable(seen.cause)));
    if (!seen.remedy.empty()) terminal_.err(fmt::format("    help: {}\n", printable(seen.remedy)));
  }
  if (!style_.quiet) terminal_.err(style_.figures(result.measured, step.made()));
}

}  // namespace ipucnn
