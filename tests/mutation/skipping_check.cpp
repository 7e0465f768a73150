// Stands in for src/check/check.cpp in the program that tests/mutation_test.py runs: the rule that
// IPUCNN_SKIP_RULE names is left out.
#include <cstdlib>
#include <string_view>

#include "check/rules.h"
#include "ipucnn/check.h"

namespace ipucnn {

void check(const CheckInput& in, Occasion occasion, Diagnostics& out) {
  const char* variable = std::getenv("IPUCNN_SKIP_RULE");
  const std::string_view skipped = variable == nullptr ? "" : variable;
  checking::RuleFacts facts(in);
  const checking::RuleInput input{in, facts, occasion};
#define RULE(name) \
  if (skipped != #name) checking::name(input, out);
#include "check/rules.def"
#undef RULE
}

}  // namespace ipucnn
