#pragma once

#include "check/rule_facts.h"

namespace ipucnn::checking {

/// What every rule is given: the step, and what is known of it by name, looked up once for all.
struct RuleInput : CheckInput {
  RuleFacts& facts;
  Occasion occasion;

  /// Whether a finding of this id counts on the occasion.
  bool counts(FindingId id) const {
    const FindingInfo& info = finding_info(id);
    return severity_on(occasion, info.finding_class, info.severity).has_value();
  }
};

#define RULE(name) void name(const RuleInput& in, Diagnostics& out);
#include "check/rules.def"
#undef RULE

}  // namespace ipucnn::checking
