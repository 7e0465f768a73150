#pragma once

#include "ipucnn/diagnostic.h"
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

/// Runs every rule. Never stops at the first finding; a rule never repeats what was reported
/// before.
void check(const CheckInput& in, Diagnostics& out);

}  // namespace ipucnn
