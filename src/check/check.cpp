#include "ipucnn/check.h"

#include "check/rules.h"

namespace ipucnn {

void check(const CheckInput& in, Occasion occasion, Diagnostics& out) {
  checking::RuleFacts facts(in);
  const checking::RuleInput input{in, facts, occasion};
#define RULE(name) checking::name(input, out);
#include "check/rules.def"
#undef RULE
}

}  // namespace ipucnn
