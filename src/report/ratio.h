#pragma once

#include <optional>
#include <vector>

#include "ipucnn/statistics.h"

namespace ipucnn::reporting {

/// The samples of one metric on one side, by run.
using Runs = std::vector<std::vector<double>>;

/// Two sides in the unit that they are held against each other by: the mean of a run where each
/// has three or more, for several starts of a job differ more than the samples of one; else the
/// sample.
struct Sides {
  bool by_run = false;
  std::vector<double> base, next;
};
Sides sides_of(const Runs& base, const Runs& next);

/// Of the mean of `next` over that of `base`, 95 %. Absent where too few values tell of one.
std::optional<Interval> ratio_interval(const Sides& sides);

}  // namespace ipucnn::reporting
