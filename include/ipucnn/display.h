#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>

#include "ipucnn/run.h"

namespace ipucnn {

/// Where a run is shown.
struct Terminal {
  std::function<void(std::string_view)> out;  ///< the job's own output
  std::function<void(std::string_view)> err;  ///< everything else
  /// Whether what was written is out; until then more of it is kept in memory. Absent: it always
  /// is.
  std::function<bool()> out_is_free{};
  std::function<bool()> err_is_free{};
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  /// Whether both end in the same place, as under `2>&1`; absent: they do not.
  std::function<bool()> one_place{};
  std::size_t width = 80;
  /// Of the terminal now, as its window may change; absent: `width`.
  std::function<std::size_t()> width_now{};
};

/// How it is shown.
struct DisplayStyle {
  std::optional<std::string> label{};
  bool quiet = false;  ///< nothing but the job's output, and what goes wrong
  /// Says a sentence of ours on `err`.
  std::function<void(std::string_view)> say{};
  /// The figures of a step that has ended, for `err`.
  std::function<std::string(const Measurement&, const Step&)> figures{};
  std::function<void(const std::string&)> began{};  ///< is told the run's folder
};

/// What a run shows: the job's output as it comes, and how it goes. On a terminal at most four
/// lines that are drawn anew stand below whole lines of the output, which is left out where the
/// terminal cannot follow; elsewhere the bytes pass through, and a line tells of each phase, of the
/// first figure, and every minute how far it is.
class Display final : public Watcher {
 public:
  Display(const Terminal& terminal, DisplayStyle style);

  void run_began(const std::string& folder) override;
  void step_began(const Step& step, Time at) override;
  void phase_began(const std::string& phase, Time at) override;
  void bytes(const Bytes& bytes, const Measurement& measured, Time at) override;
  bool has_room(Stream stream) override;
  bool may_skip(Stream stream) override;
  void skipped(Stream stream, std::int64_t bytes) override;
  std::optional<Time> next_tick() override;
  void tick(const Measurement& measured, Time at) override;
  void log_cut_off(const std::string& why) override;
  void stopping(const std::string& what) override;
  void step_ended(const ReadyStep& step, const StepResult& result) override;
  /// Shows what is held back, and takes the lines that move away.
  void finish();

 private:
  /// A stream's line that has not ended yet.
  struct Pending {
    std::string text;
    const std::function<void(std::string_view)>* to = nullptr;
    bool is_torn = false;  ///< what comes next begins in the middle of a line that is not shown
  };

  void note_first_figure(const Measurement& measured, Time now);
  void note_progress(const Measurement& measured, Time now);
  std::optional<std::chrono::steady_clock::duration> time_left(Time now) const;
  std::vector<std::string> progress(const Measurement& measured, Time now) const;
  void tell(std::string_view text);
  void scroll(Pending& pending, std::string_view bytes);
  void show_line(Pending& pending, std::string_view line);
  void tell_of_skipped();
  std::size_t width_now() const;
  void draw(const Measurement& measured, Time now);
  void erase();

  const Terminal& terminal_;
  DisplayStyle style_;
  bool moves_;  // lines are drawn again and again
  bool scrolls_out_;
  std::array<Pending, 2> pending_;
  std::array<bool, 2> is_open_{};  ///< the last line of the job's output and errors has not ended
  std::string step_;
  std::string phase_;
  std::int64_t instances_ = 1;
  Time started_;
  Time phase_began_;
  Time next_tick_;
  std::vector<std::size_t> drawn_;  // the lengths of the lines that stand there
  std::int64_t skipped_ = 0;        // bytes that nobody was told of yet
  /// What ends the run, and how far it was when it was first seen.
  struct Goal {
    std::string metric;
    Time since;
    double first = 0;
    double value = 0;
    double total = 0;
  };
  std::optional<Goal> goal_;
  struct Rate {
    Time at;
    double value = 0;
  };
  std::optional<Rate> before_;   // a minute ago
  std::optional<double> trend_;  // a share of that
  std::string last_step_;
  int tries_ = 1;
  bool first_value_told_ = false;
};

}  // namespace ipucnn
