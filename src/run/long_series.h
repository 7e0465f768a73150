#pragma once

#include <map>
#include <utility>
#include <vector>

#include "ipucnn/run.h"

namespace ipucnn::running {

/// Counts what a run prints so much of that it does not keep it: figures are added up before their
/// values are let go.
class LongSeries {
 public:
  /// Adds the values that are kept, and lets them go.
  void take_from(Measurement& measured);
  /// Of the metrics that had values; nothing where none were let go.
  std::vector<LongFigure> figures(const Measurement& measured) const;

 private:
  /// Of one metric and instance.
  struct Sum {
    std::size_t seen = 0;  ///< values of this start, those that do not count included
    std::size_t n = 0;
    double mean = 0;
    double min = 0;
    double max = 0;
  };
  static void add(const MetricPattern& metric, const Series& series, std::int64_t instance,
                  Sum& sum);

  std::map<std::size_t, std::map<std::int64_t, Sum>> sums_;
};

}  // namespace ipucnn::running
