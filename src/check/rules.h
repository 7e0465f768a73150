#pragma once

#include "ipucnn/check.h"

namespace ipucnn::checking {

#define RULE(name) void name(const CheckInput& in, Diagnostics& out);
#include "check/rules.def"
#undef RULE

}  // namespace ipucnn::checking
