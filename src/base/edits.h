#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/diagnostic.h"
#include "ipucnn/source.h"

namespace ipucnn {

/// Whether a byte of one line lies in both.
bool overlap(const Span& a, const Span& b);

/// The edits of a finding. None where the place of one holds another spelling of what is replaced:
/// a variable, an alias, escapes, a part of the value or more than it.
std::vector<Edit> edits_of(const Diagnostic& finding, const Sources& sources);

/// The text with the edits made, which are all of its source. Of edits that overlap the first one
/// counts, and equal ones count once. An edit beyond the text's end is left out.
std::string with_edits(std::string_view text, std::vector<Edit> edits);

/// What differs between two texts of as many lines, as `diff -u` and `patch` have it; empty when
/// nothing does.
std::string unified_diff(std::string_view name, std::string_view before, std::string_view after);

}  // namespace ipucnn
