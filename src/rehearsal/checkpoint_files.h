#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/tree.h"

namespace ipucnn::rehearsing {

/// What stands in the place of a script's checkpoints: files by the names that its descriptor's
/// `checkpoints` (`pattern`; may be absent) tells, holding nothing but the word REHEARSAL.

/// Writes the one that a printed line tells of; a line that tells of none writes nothing. Returns
/// why it cannot be written, else an empty text.
std::string write_checkpoint(Node pattern, std::string_view line);

/// The numbers at the ends of the names of those in a folder, in ascending order.
std::vector<std::int64_t> checkpoints_in(Node pattern, const std::string& folder);

}  // namespace ipucnn::rehearsing
