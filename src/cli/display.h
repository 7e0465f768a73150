#pragma once

#include <optional>
#include <string>

#include "cli/streams.h"
#include "ipucnn/run.h"

namespace ipucnn::cli {

/// What a run shows: the job's output as it comes, and how it goes. On a terminal a line that moves
/// takes the place of standard output; elsewhere one line tells of each new phase.
class Display final : public Watcher {
 public:
  Display(const Streams& streams, std::optional<std::string> label);

  void run_began(const std::string& folder) override;
  void step_began(const Step& step, Time at) override;
  void bytes(const Bytes& bytes, const Measurement& measured, Time at) override;
  std::optional<Time> next_tick() override;
  void tick(const Measurement& measured, Time at) override;
  void log_cut_off(const std::string& why) override;
  void step_ended(const ReadyStep& step, const StepResult& result) override;

 private:
  void note_phase(const Measurement& measured, Time now);
  std::string status_line(const Measurement& measured, Time now) const;
  void erase();

  const Streams& streams_;
  std::optional<std::string> label_;
  bool moves_;  // a line is drawn again and again
  bool hides_out_;
  std::string step_;
  std::int64_t instances_ = 1;
  Time started_;
  Time next_draw_;
  bool drawn_ = false;
  bool err_at_line_start_ = true;
  bool first_value_told_ = false;
};

/// Says what keeps a step of these from being started; true when nothing does.
bool can_start(const FilledPlan& plan, const Streams& streams);

}  // namespace ipucnn::cli
