#pragma once

#include "check/rules.h"

namespace ipucnn::checking {

/// The stages do not fit the IPUs of a replica, so their number is not yet what it should be.
bool stages_in_doubt(const RuleInput& in);

/// The IPUs asked for are no partition. What follows from their number is then not worth saying.
bool fits_no_partition(const CheckInput& in);

}  // namespace ipucnn::checking
