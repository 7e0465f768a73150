#pragma once

#include "ipucnn/diagnostic.h"
#include "ipucnn/occasion.h"
#include "ipucnn/resolve.h"

namespace ipucnn {

/// One step, finished but for its words.
struct CheckInput {
  const ResolveInput& in;
  const Requests& requests;
  const Settings& settings;
  const LaunchSettings& launch;
  const ChosenTarget& target;
  const Geometry& geometry;
  bool flat = false;  ///< every option is written out, so what a preset set can be left out
};

/// P001 where --ipus asks for more than the target has. Whether it does.
bool report_ipus_beyond_target(const CheckInput& in, Diagnostics& out);

/// Runs every rule. Never stops at the first finding; a rule never repeats what was reported
/// before. What does not count on the occasion may be left out.
void check(const CheckInput& in, Occasion occasion, Diagnostics& out);

}  // namespace ipucnn
