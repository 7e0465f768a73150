#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ipucnn/measure.h"
#include "ipucnn/plan.h"
#include "ipucnn/record.h"
#include "ipucnn/witness.h"

namespace ipucnn {

/// How a report is written, and what it is held to.
struct ReportStyle {
  Expected expected{};
  bool plots = false;  ///< rates over time as a line of blocks
  /// Of a rate, say what `examples_utils benchmark` would print of this command as well.
  const std::vector<std::string>* old_tool = nullptr;
  std::size_t width = 100;  ///< columns that a plot may take
};

/// What came of a step, for people: every metric that was printed, with what is doubtful about it;
/// then those that were not. Ends with the label, where there is one. Every line is indented and
/// ends with a line end; empty when nothing was printed.
std::string report_text(const Measurement& measured, const std::optional<std::string>& label,
                        const ReportStyle& style = {});

/// When the values of a metric were printed, in seconds since the try's start, in the order of
/// Series::per_instance.
using InstanceSeconds = std::map<std::int64_t, std::vector<double>>;

/// One try of a kept run, measured from its logs by the patterns of its plan.
struct StepReport {
  std::string run;
  std::string step;
  int number = 1;
  std::string state;
  std::optional<std::string> label;
  Measurement measured;
  LineCounts lines;
  Expected expected;
  std::vector<std::string> command;                         ///< its words; empty for a bare log
  std::vector<std::pair<std::string, std::string>> plan{};  ///< what was planned, by name
  std::string application{};                                ///< with its release; empty: not known
  std::string preset{};
  std::string target{};
  StepGeometry geometry{};
  bool reads_data = false;  ///< as planned; else it computes on generated data, or on none
  std::vector<CsvWitness> csv{};
  std::vector<SeenPhase> phases{};
  std::vector<std::string> messages{};  ///< lines that told of a trouble, as printed
  std::vector<std::pair<std::string, std::string>> environment{};  ///< of the run, by name
  std::vector<InstanceSeconds> seconds{};  ///< by metric; empty where that was not asked for
  std::string log_error{};                 ///< why its log is cut off; empty where it is whole
};

/// What of the figures is asked for.
struct ReportRequest {
  std::vector<std::string> metrics{};  ///< only these; empty: all
  std::optional<std::int64_t>
      discard{};             ///< first values of each instance, in place of the metric's own
  bool warm_up = false;      ///< leave out what doubts call a warm-up as well
  bool seconds = false;      ///< StepReport::seconds and environment as well
  bool outlines = false;     ///< of states their outlines alone, which are all that a text shows
  std::string csv_folder{};  ///< of the application's csv files; empty: as plan and log say
};

/// The last try of each step that was begun. Empty with `error` when a log cannot be read, or is
/// not there although the try was begun.
std::optional<std::vector<StepReport>> report_of(const KeptRun& run, const ReportRequest& request,
                                                 std::string& error);

/// What is doubtful about a step as a whole: its lines, and its csv files.
std::vector<Doubt> doubts_of_step(const StepReport& step);

/// Tells each step that reads data how much faster the same job was on generated data, where such a
/// one is among them.
void hold_against_generated_data(std::vector<StepReport>& steps);

/// A log that no run of ours left: a file, packed by gzip or zstd or not, or `-`, standard input.
/// The csv files are looked for where they are asked to be, else beside a log that is a file.
std::optional<StepReport> report_of_log(const std::string& path,
                                        const std::vector<MetricPattern>& metrics,
                                        const std::vector<CsvPattern>& csv_files,
                                        const ReportRequest& request, std::string& error);

/// What `examples_utils benchmark` prints for a figure of a step, by its own rules: every match in
/// standard output, then every one in standard error, whoever printed it. Matches that go over a
/// line end are not seen. Absent where that tool fails: a text that is no number, nan, no more
/// values than it skips.
struct OldToolFigure {
  std::string name;
  std::string expression;
  std::int64_t skip = 0;
  Reduction reduction = Reduction::Mean;
};
std::optional<double> examples_utils_figure(const OldToolFigure& figure,
                                            const std::string& try_folder,
                                            const std::vector<std::string>& command);

struct ReportFormat {
  bool old_tool = false;  ///< --as-examples-utils, for text and json
};

/// With plots.
std::string report_text(const std::vector<StepReport>& steps, const ReportFormat& format = {});

/// Schema ipucnn.report/1. Figures that n does not allow are null.
std::string report_json(const std::vector<StepReport>& steps, const ReportFormat& format = {});

/// A line for each metric that was printed, as RFC 4180 has it.
std::string report_csv(const std::vector<StepReport>& steps);

std::string report_markdown(const std::vector<StepReport>& steps);

/// One page that needs no other file and no script, with pictures.
std::string report_html(const std::vector<StepReport>& steps);

/// A table of runs, a line each, and the same as JSON, schema ipucnn.runs/1. Where a terminal has
/// less than the table's width, columns go that tell nothing new: a preset that the runs' names
/// hold, then what all of them share. 0: no terminal.
std::string runs_text(const std::vector<KeptRecord>& runs, std::size_t width = 0);
std::string runs_json(const std::vector<KeptRecord>& runs);

/// All that a run's record says, a line each.
std::string run_text(const KeptRecord& run);

}  // namespace ipucnn
