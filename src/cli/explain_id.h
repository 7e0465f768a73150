#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ipucnn::cli {

/// A letter and three digits, in either case: a finding's id, known or not.
bool looks_like_id(std::string_view word);

/// What docs/checks.md says of a finding, examples indented; absent when there is no such id.
std::optional<std::string> explain_finding(std::string_view id);

}  // namespace ipucnn::cli
