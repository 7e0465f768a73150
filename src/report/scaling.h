#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ipucnn/report.h"

namespace ipucnn::reporting {

/// A rate on a machine of one size, over all runs of the same plan's size there.
struct ScalingRow {
  std::string target;
  std::string preset;  ///< empty without
  std::int64_t ipus = 0;
  std::optional<std::int64_t> global_batch;
  std::size_t runs = 0;
  double mean = 0;  ///< of all samples, or of the runs' means where compared by run
  double per_ipu = 0;
  double efficiency = 1;               ///< per_ipu over that of the first row
  std::optional<Interval> interval{};  ///< of the efficiency, 95 %; absent in the first row
};

/// How a rate grows with the machine: rows from the smallest on, at least two sizes.
struct Scaling {
  std::string application;  ///< with its release
  std::string step;
  std::string metric;
  std::string unit;
  bool several_presets = false;
  std::optional<std::string> label{};  ///< of a run that was no training
  std::vector<ScalingRow> rows{};
};

/// Of each rate that runs of one application and step printed on machines of different size.
std::vector<Scaling> scalings_of(const std::vector<StepReport>& steps);

/// The same in each format; empty where there is nothing to say.
std::string scaling_text(const std::vector<Scaling>& all);
std::string scaling_markdown(const std::vector<Scaling>& all);
std::string scaling_html(const std::vector<Scaling>& all);

}  // namespace ipucnn::reporting
