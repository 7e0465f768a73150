#pragma once

#include <string_view>

#include "ipucnn/diagnostic.h"

namespace ipucnn::load {

/// What libyaml says of a text: its problem, and the construct it was in (empty: none).
struct YamlProblem {
  std::string_view problem;
  std::string_view context;
  Span at;
  Span context_at;  ///< where the construct begins
  char character;   ///< at `at`; NUL at the end of the text
};

/// Reports it as Y001 in plain words, at the place a user would change.
void report_problem(const YamlProblem& problem, Diagnostics& out);

}  // namespace ipucnn::load
