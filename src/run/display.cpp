#include "ipucnn/display.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "base/wrap.h"

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

/// Of more values than are kept.
std::string long_text(const StepResult& result) {
  std::string text;
  for (const LongFigure& figure : result.long_figures) {
    text += fmt::format("  {}: ", figure.metric);
    if (figure.mean) text += fmt::format("mean {:.6g} {} ", *figure.mean, figure.unit);
    text += fmt::format("of {} values", figure.n);
    if (figure.min)
      text += fmt::format(", lowest {:.6g}, highest {:.6g}", *figure.min, *figure.max);
    if (!figure.mean && figure.last) text += fmt::format(", last {:.6g}", *figure.last);
    text += '\n';
  }
  return text + "  there are too many to keep in memory; `ipucnn report` reads them all\n";
}

/// What moves: a first line, and the parts in as few as hold them, four in all.
std::vector<std::string> in_lines(std::string_view first, const std::vector<std::string>& parts,
                                  std::size_t width) {
  constexpr std::size_t kMost = 4;
  constexpr std::string_view kBetween = "  ";
  std::vector<std::string> lines = {std::string(first.substr(0, width)), ""};
  for (const std::string& part : parts) {
    const bool fits = lines.back().size() + kBetween.size() + part.size() <= width;
    if (!lines.back().empty() && !fits && lines.size() < kMost) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += kBetween;
    lines.back() += part;
  }
  for (std::string& line : lines) line.resize(std::min(line.size(), width));
  return lines;
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

std::size_t Display::width_now() const {
  const std::size_t width = terminal_.width_now ? terminal_.width_now() : terminal_.width;
  return std::max<std::size_t>(width, 2) - 1;
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
  Pending& pending = pending_.at(out ? 0 : 1);
  std::string_view text = bytes.bytes;
  if (pending.is_torn) {
    const std::size_t end = text.find('\n');
    pending.is_torn = end == text.npos;
    text.remove_prefix(std::min(end, text.size() - 1) + 1);
    if (text.empty()) return;
  }
  tell_of_skipped();
  if (out ? scrolls_out_ : moves_)
    scroll(pending, text);
  else
    (out ? terminal_.out : terminal_.err)(text);
  if (!text.empty()) is_open_.at(out ? 0 : 1) = text.back() != '\n';
  note_first_figure(measured, at);
}

bool Display::has_room(Stream stream) {
  const auto is_free = [](const std::function<bool()>& asked) { return !asked || asked(); };
  if (stream == Stream::Out && !is_free(terminal_.out_is_free)) return false;
  // Above lines that move both streams take from both.
  return (stream == Stream::Out && !moves_) || is_free(terminal_.err_is_free);
}

bool Display::may_skip(Stream stream) {
  return stream == Stream::Out ? terminal_.out_is_terminal : terminal_.err_is_terminal;
}

void Display::skipped(Stream stream, std::int64_t bytes) {
  Pending& pending = pending_.at(stream == Stream::Out ? 0 : 1);
  pending.text.clear();
  pending.is_torn = true;
  skipped_ += bytes;
}

void Display::tell_of_skipped() {
  if (skipped_ == 0) return;
  erase();
  tell(fmt::format("{}: {} bytes of its output are not shown here; its log has them", step_,
                   std::exchange(skipped_, 0)));
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

/// "8 of 8 instances write", "epoch 3.20 of 65", "1234.5 samples/s (+0.4 % in a minute)",
/// "2 h 05 m left".
std::vector<std::string> Display::progress(const Measurement& measured, Time now) const {
  std::vector<std::string> parts = {
      fmt::format("{} of {} write", measured.instances(), counted(instances_, "instance"))};
  for (const MetricPattern& metric : measured.metrics()) {
    const auto value = measured.latest(metric.name);
    const bool epochs = metric.unit == "epochs";
    if (!value || (!epochs && metric.total.empty())) continue;
    std::string text = fmt::format("{} ", metric.name);
    text += epochs ? fmt::format("{:.2f}", *value) : fmt::format("{:.0f}", *value);
    if (!metric.total.empty()) text += " of " + metric.total;
    parts.push_back(std::move(text));
  }
  const auto proof = measured.find(measured.proof().what);
  const auto value = measured.latest(measured.proof().what);
  if (proof && value) {
    std::string text = fmt::format("{:.1f} {}", *value, measured.metrics()[*proof].unit);
    if (trend_) text += fmt::format(" ({:+.1f} % in a minute)", 100 * *trend_);
    parts.push_back(std::move(text));
  }
  if (const auto left = time_left(now)) parts.push_back(time_text(*left) + " left");
  return parts;
}

void Display::tick(const Measurement& measured, Time now) {
  note_first_figure(measured, now);  // which may have been read after its bytes were shown
  if (style_.quiet || now < next_tick_) return;
  note_progress(measured, now);
  if (moves_) {
    next_tick_ = now + kBetweenDraws;
    if (has_room(Stream::Err)) draw(measured, now);
    return;
  }
  next_tick_ += kBetweenLines;
  tell(fmt::format("{}: {}  {}", step_, time_text(now - started_),
                   join(progress(measured, now), "  ")));
}

void Display::draw(const Measurement& measured, Time now) {
  const std::size_t width = width_now();
  std::string head = style_.label ? *style_.label + " " : "";
  head += fmt::format("{}  {}", step_, time_text(now - started_));
  if (tries_ > 1) head += fmt::format("  try {}", tries_);
  if (!phase_.empty())
    head += fmt::format("  {} {}", phase_, time_text(now - phase_began_));
  else if (measured.instances() == 0)
    head += "  starting";
  erase();
  const std::vector<std::string> lines = in_lines(printable(head), progress(measured, now), width);
  terminal_.err(join(lines, "\n"));
  for (const std::string& line : lines) drawn_.push_back(line.size());
}

void Display::erase() {
  if (drawn_.empty()) return;
  std::string text = "\r\x1b[K";
  // A window that became narrower has broken them, or cut them off, and nobody can tell which. What
  // stands above is the job's, so they are left there.
  const std::size_t longest = *std::max_element(drawn_.begin(), drawn_.end());
  if (longest <= width_now())
    for (std::size_t i = 1; i < drawn_.size(); ++i) text += "\x1b[1A\x1b[K";
  terminal_.err(text);
  drawn_.clear();
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
  if (style_.quiet) return;
  std::string text = result.long_figures.empty() ? style_.figures(result.measured, step.made())
                                                 : long_text(result);
  text += doubt_lines(doubts_of(result.lines), "  ");
  // As a report is.
  terminal_.err(wrapped_lines(text, terminal_.err_is_terminal ? terminal_.width : 0));
}

}  // namespace ipucnn
