#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/tree.h"

namespace ipucnn {

/// A bound that a figure has to keep.
struct Expectation {
  std::string metric;
  std::optional<double> at_least, at_most;
  double within = 0;  ///< part that it may miss the bound by
  Span at;            ///< of its name
};
/// Those of `expect:` that hold on a target and for a release. Values of the wrong form are left
/// out. An absent node has none.
std::vector<Expectation> expectations_of(Node expect, std::string_view target,
                                         std::string_view release);

/// Reports bounds of `expect:` that no figure keeps (K070), on whatever target and for whatever
/// release. False when there is one.
bool check_bounds(Node expect, Diagnostics& out);

}  // namespace ipucnn
