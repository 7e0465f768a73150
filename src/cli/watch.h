#pragma once

#include <optional>
#include <string>

#include "cli/streams.h"
#include "ipucnn/launch.h"
#include "ipucnn/measure.h"

namespace ipucnn::cli {

/// What is said of a running step.
struct WatchedStep {
  std::string name;
  std::int64_t instances = 1;
  std::optional<std::string> label;
};

/// Looks on while a step runs: keeps every byte in the log files, reads the figures, and shows the
/// job's output. On a terminal a line that moves takes the place of standard output; elsewhere one
/// line tells of each new phase.
class Watch final : public Observer {
 public:
  Watch(const std::string& folder, WatchedStep step, Measurement& measured, const Streams& streams);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch() override;

  /// Why the logs cannot be kept; empty when they can.
  const std::string& error() const { return error_; }

  void bytes(Stream stream, std::string_view bytes, Time at) override;
  std::optional<Time> deadline() override;
  std::string stop(Time now) override;

  /// Takes what the streams ended with and the moving line away.
  void finish();

 private:
  void open(int& fd, const std::string& path);
  void keep(int fd, std::string_view bytes);
  void note_phase(Time now);
  std::string status_line(Time now) const;
  void draw(Time now);
  void erase();

  WatchedStep step_;
  Measurement& measured_;
  const Streams& streams_;
  bool moves_;  // a line is drawn again and again
  bool hides_out_;
  int out_ = -1;
  int err_ = -1;
  std::string error_;
  LineReader out_lines_;
  LineReader err_lines_;
  Time started_;
  Time next_draw_;
  bool drawn_ = false;
  bool err_at_line_start_ = true;
  bool first_value_told_ = false;
};

}  // namespace ipucnn::cli
