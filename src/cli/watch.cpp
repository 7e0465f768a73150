#include "cli/watch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "cli/commands.h"

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

}  // namespace

Watch::Watch(const std::string& folder, WatchedStep step, Measurement& measured,
             const Streams& streams)
    : step_(std::move(step)),
      measured_(measured),
      streams_(streams),
      moves_(streams.err_is_terminal),
      hides_out_(streams.err_is_terminal && streams.out_is_terminal),
      started_(std::chrono::steady_clock::now()),
      next_draw_(started_) {
  open(out_, folder + "/stdout.log");
  open(err_, folder + "/stderr.log");
}

Watch::~Watch() {
  if (out_ >= 0) ::close(out_);
  if (err_ >= 0) ::close(err_);
}

void Watch::open(int& fd, const std::string& path) {
  fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0 && error_.empty()) error_ = "cannot write " + path + ": " + std::strerror(errno);
}

/// The job goes on when the disk is full; what was kept so far stays.
void Watch::keep(int fd, std::string_view bytes) {
  while (!bytes.empty() && error_.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      error_ = std::string("the log is cut off here: ") + std::strerror(errno);
      erase();
      say(streams_, error_);
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void Watch::bytes(Stream stream, std::string_view bytes, Time at) {
  const bool out = stream == Stream::Out;
  keep(out ? out_ : err_, bytes);
  (out ? out_lines_ : err_lines_).feed(bytes, [&](const LogLine& line) { measured_.line(line); });
  if (out) {
    if (!hides_out_) streams_.out(bytes);
  } else {
    erase();
    streams_.err(bytes);
    err_at_line_start_ = bytes.empty() ? err_at_line_start_ : bytes.back() == '\n';
  }
  note_phase(at);
  draw(at);
}

std::optional<Observer::Time> Watch::deadline() {
  return moves_ ? std::optional<Time>(next_draw_) : std::nullopt;
}

std::string Watch::stop(Time now) {
  draw(now);
  return {};
}

void Watch::finish() {
  const auto take = [&](const LogLine& line) { measured_.line(line); };
  out_lines_.finish(take);
  err_lines_.finish(take);
  erase();
}

/// Where no line moves, the long wait for the first figure at least ends with a word.
void Watch::note_phase(Time now) {
  if (moves_ || first_value_told_ || !measured_.latest(measured_.proof().what)) return;
  first_value_told_ = true;
  say(streams_, fmt::format("{}: the first value after {}; {} of {} write", step_.name,
                            duration_text(now - started_), measured_.instances(),
                            counted(step_.instances, "instance")));
}

std::string Watch::status_line(Time now) const {
  std::string text = step_.label ? *step_.label + " " : "";
  text += fmt::format("{}  {}  {}/{}", step_.name, duration_text(now - started_),
                      measured_.instances(), counted(step_.instances, "instance"));
  const auto proof = measured_.find(measured_.proof().what);
  const auto value = measured_.latest(measured_.proof().what);
  if (measured_.instances() == 0)
    text += "  starting";
  else if (proof && !value)
    text += "  preparing";
  if (const auto epoch = measured_.latest("epoch")) text += fmt::format("  epoch {:.2f}", *epoch);
  if (proof && value) text += fmt::format("  {:.1f} {}", *value, measured_.metrics()[*proof].unit);
  return text.substr(0, streams_.width - 1);
}

void Watch::draw(Time now) {
  if (!moves_ || now < next_draw_) return;
  next_draw_ = now + kBetweenDraws;
  if (!err_at_line_start_) return;
  streams_.err("\r" + status_line(now) + "\x1b[K");
  drawn_ = true;
}

void Watch::erase() {
  if (drawn_) streams_.err("\r\x1b[K");
  drawn_ = false;
}

}  // namespace ipucnn::cli
