#pragma once

#include <string>
#include <string_view>

#include "ipucnn/diagnostic.h"

namespace ipucnn {

/// How a variable that the start puts in begins in a value: `${env:NAME}`, `${env:NAME:-DEFAULT}`.
inline constexpr std::string_view kVariableOpen = "${env:";

/// Whether only the start can tell what a value comes to.
inline bool holds_variable(std::string_view text) {
  return text.size() > kVariableOpen.size() && text.find(kVariableOpen) != text.npos;
}

/// A text of another program in which `$NAME` and `${NAME}` are variables, as a value of ours.
std::string with_variables_open(std::string_view text);

/// Warns (L003) where a shell would have expanded a part of a value that no shell sees: `$NAME`,
/// `${...}` or `$(...)`. `${env:...}` is our own way to ask for a variable.
void report_literal_dollar(std::string_view value, Span at, Diagnostics& out);

}  // namespace ipucnn
