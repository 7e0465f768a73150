#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ipucnn/measure.h"
#include "ipucnn/record.h"

namespace ipucnn {

/// What came of a step, for people: every metric that was printed, its rates and its proof with n,
/// their spread and what was left out; then those that were not. Ends with the label, where there
/// is one. Every line is indented and ends with a line end; empty when nothing was printed.
std::string report_text(const Measurement& measured, const std::optional<std::string>& label);

/// One try of a kept run, measured from its logs by the patterns of its plan.
struct StepReport {
  std::string run;
  std::string step;
  int number = 1;
  std::string state;
  std::optional<std::string> label;
  Measurement measured;
};

/// The last try of each step that was begun. Empty with `error` when a log cannot be read.
std::optional<std::vector<StepReport>> report_of(const KeptRun& run, std::string& error);

std::string report_text(const std::vector<StepReport>& steps);

/// Schema ipucnn.report/1. Figures that n does not allow are null.
std::string report_json(const std::vector<StepReport>& steps);

/// A table of runs, a line each, and the same as JSON, schema ipucnn.runs/1.
std::string runs_text(const std::vector<KeptRecord>& runs);
std::string runs_json(const std::vector<KeptRecord>& runs);

/// All that a run's record says, a line each.
std::string run_text(const KeptRecord& run);

}  // namespace ipucnn
