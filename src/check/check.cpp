#include "ipucnn/check.h"

#include "check/rules.h"

namespace ipucnn {

void check(const CheckInput& in, Diagnostics& out) {
#define RULE(name) checking::name(in, out);
#include "check/rules.def"
#undef RULE
}

}  // namespace ipucnn
