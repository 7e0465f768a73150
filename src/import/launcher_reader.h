#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "import/command.h"
#include "import/job_tree.h"
#include "import/launch_order.h"
#include "import/launcher.h"
#include "import/mpirun_processes.h"
#include "ipucnn/launch_words.h"
#include "ipucnn/launcher_line.h"
#include "ipucnn/launcher_spelling.h"

namespace ipucnn::importing {

/// Reads one launcher's line into a job's launch settings; used once.
class LauncherReader {
 public:
  LauncherReader(const Catalog& catalog, const CommandLine& line, std::string_view launcher,
                 std::string_view sdk, const Places& places, JobNode& launch, Diagnostics& out)
      : catalog_(catalog),
        line_(line),
        launcher_(launcher),
        program_(launcher_program(launcher)),
        sdk_(sdk),
        spellings_(catalog, program_, sdk),
        places_(places),
        launch_(launch),
        out_(out) {}

  LauncherFigures run();

 private:
  /// Words, and where each byte of them stands.
  using Words = std::vector<Located>;

  static std::vector<std::string> texts(const Words& words);
  Span span(std::size_t word, std::size_t begin, std::size_t length) const;
  Span span(const load::LauncherValue& value) const {
    return span(value.word, value.offset, value.text.size());
  }
  Span span(const load::LauncherOption& option) const {
    return span(option.word, 0, option.flag.size());
  }

  void read();
  void unknown(const load::LauncherOption& option, std::string_view program, Node table);
  void refuse(const load::LauncherOption& option, std::string_view program);

  /// The row that writes this option; null when no plan does.
  const resolving::LaunchWord* row_of(const load::LauncherOption& option) const;
  void take(const load::LauncherOption& option);
  void figures_elsewhere(Span at, std::string_view what);
  /// Findings speak of it, so that the line and its plan may differ in it.
  void lose(const std::string& flag, Node name = {});
  void count_processes();
  static const resolving::LaunchWord* find_row(std::string_view launcher, resolving::WordKind kind);
  void judge_release(const load::LauncherOption& option, const resolving::LaunchWord& row);
  /// The option has its value behind a `=`, and a plan would not write it so by itself.
  void note_equals(const load::LauncherOption& option, std::string_view canonical);

  JobNode& list(std::string_view key, std::string_view inner, Span at);
  void set(std::string_view key, const load::LauncherValue& value,
           ScalarType type = ScalarType::String);
  void verbosity(const load::LauncherOption& option, const char* level);
  /// Split at commas outside brackets and variables. A variable alone can hold any number.
  void hosts(const load::LauncherValue& value, bool slots);
  void yes_no(const load::LauncherOption& option, const resolving::LaunchWord& row);
  void count(const resolving::LaunchWord& row, const load::LauncherValue& value);

  // Options of mpirun, in its own line and in poprun's values (launcher_mpirun.cpp).
  /// Whether the option can be kept as it is: it neither gives figures nor prints and stops.
  static bool is_further_word(const load::LauncherOption& option);
  /// Keeps one word for word.
  void further_words(const load::LauncherOption& option, std::string_view key);
  void left_out(const load::LauncherOption& option);
  void nested(const load::LauncherValue& value, bool global);
  void take_nested(const load::LauncherOption& option);
  void take_tag(const load::LauncherOption& option, std::string where);
  void take_root(const load::LauncherOption& option);
  void mca(const load::LauncherOption& option);
  void forward(const load::LauncherValue& value);
  void write_tags();

  const Catalog& catalog_;
  const CommandLine& line_;
  std::string_view launcher_;  ///< that the line's is taken for
  std::string_view program_;
  std::string_view sdk_;
  load::LauncherSpellings spellings_;
  const Places& places_;
  JobNode& launch_;
  Diagnostics& out_;
  Words outer_;
  const Words* words_ = nullptr;
  std::string_view where_ = "global";
  std::string tag_;
  Span tag_at_;
  MpirunProcesses processes_;
  LaunchOrder order_;
  LauncherFigures figures_;
};

}  // namespace ipucnn::importing
