// A run that another process carries out, followed in its logs.
#include <algorithm>

#include "ipucnn/kept_runs.h"
#include "run/growing_log.h"

namespace ipucnn {

/// The logs of one try.
class RunFollower::TryReader {
 public:
  TryReader(std::string folder, const Step& step, Time at)
      : folder_(std::move(folder)), step_(step), began_(at), measured_(step.metrics, step.proof) {
    if (!step.phases.empty() && step.phases[0].line.empty()) next_phase_ = 1;
    out_.lines.look_for(measured_);
    err_.lines.look_for(measured_);
  }

  const std::string& folder() const { return folder_; }
  const Step& step() const { return step_; }

  void look(Watcher& watcher, Time at) {
    if (!told_) watcher.step_began(step_, began_);
    told_ = true;
    read(out_, watcher, at);
    read(err_, watcher, at);
    watcher.tick(measured_, at);
  }

 private:
  struct Log {
    Log(Stream stream, const std::string& path) : file(stream, path), lines(stream) {}
    running::GrowingLog file;
    LineReader lines;
  };

  void read(Log& log, Watcher& watcher, Time at) {
    for (;;) {
      const Bytes bytes = log.file.next();
      if (bytes.bytes.empty()) return;
      log.lines.feed(bytes.bytes, [&](const LogLine& line) {
        note_phase(line.text, watcher, at);
        measured_.line(line);
      });
      watcher.bytes(bytes, measured_, at);
    }
  }

  void note_phase(std::string_view line, Watcher& watcher, Time at) {
    const std::size_t phase = next_phase(step_.phases, next_phase_, line);
    if (phase == step_.phases.size()) return;
    next_phase_ = phase + 1;
    watcher.phase_began(step_.phases[phase].name, at);
  }

  std::string folder_;
  Step step_;
  Time began_;
  Measurement measured_;
  Log out_{Stream::Out, folder_ + "/stdout.log"};
  Log err_{Stream::Err, folder_ + "/stderr.log"};
  std::size_t next_phase_ = 0;
  bool told_ = false;
};

RunFollower::RunFollower(std::string folder) : folder_(std::move(folder)) {}
RunFollower::~RunFollower() = default;

bool RunFollower::look(Watcher& watcher, Clock& clock, std::string& error) {
  // The record first: what it says of the end holds for all that is read after it.
  auto record = read_record(folder_, error);
  if (!record) return false;
  record_ = *std::move(record);
  const auto kept = read_run(folder_, error);
  if (!kept) return false;
  const auto now = std::find_if(kept->tries.rbegin(), kept->tries.rend(), [&](const KeptTry& one) {
    return !record_.step || one.step == *record_.step;
  });
  if (now == kept->tries.rend()) return true;
  if (reading_ && reading_->folder() != now->folder) reading_->look(watcher, clock.now());
  if (!reading_ || reading_->folder() != now->folder) {
    const auto step = find_step(kept->plan, now->step);
    reading_ =
        std::make_unique<TryReader>(now->folder, kept->plan.steps[step.value_or(0)], clock.now());
  }
  reading_->look(watcher, clock.now());
  return true;
}

}  // namespace ipucnn
