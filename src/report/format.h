#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/measure.h"

namespace ipucnn::reporting {

/// One decimal for large figures, three for small ones, and digits that count for tiny and huge
/// ones.
std::string number(double value);

/// "+1.20 %" for a ratio of 1.012; a ratio without an end is one to 0.
std::string change_text(double ratio);

/// The metric with names and units that neither move a cursor nor break a line.
MetricPattern with_printable_names(MetricPattern metric);

/// A unit behind a number; nothing for a pure number.
std::string unit_text(const MetricPattern& metric);

/// What is to be said of every figure of a run with a label.
std::string label_text(std::string_view label);

/// The newest value that counts.
std::optional<double> last_of(const Summary& summary);

/// Why values do not count, for people; empty when all do.
std::string left_out(const MetricPattern& metric, const Series& series, const Summary& summary);

/// A figure of a checkpoint.
struct CheckpointRow {
  std::optional<double> at;  ///< what MetricPattern::at says of it
  double value = 0;
  bool best = false;
};
/// In the order of printing; empty for a metric that is not of checkpoints.
std::vector<CheckpointRow> checkpoint_rows(const Measurement& measured, std::size_t metric);

/// What `examples_utils benchmark` makes of the same lines: all values of all instances sorted, the
/// lowest discard_first left out (the highest of a metric called latency), the mean, and a metric
/// called throughput times mpirun's --np. Absent where that tool fails.
std::optional<double> as_examples_utils(const MetricPattern& metric, const Series& series,
                                        const std::vector<std::string>& command);

/// Values over time as one line of blocks, at most `width` of them: each is the mean of a stretch.
std::string spark_line(const std::vector<double>& values, std::size_t width);

}  // namespace ipucnn::reporting
