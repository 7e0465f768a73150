#pragma once

#include "check/rule_facts.h"

namespace ipucnn::checking {

/// What every rule is given: the step, and what is known of it by name, looked up once for all.
struct RuleInput : CheckInput {
  RuleFacts& facts;
};

#define RULE(name) void name(const RuleInput& in, Diagnostics& out);
#include "check/rules.def"
#undef RULE

}  // namespace ipucnn::checking
