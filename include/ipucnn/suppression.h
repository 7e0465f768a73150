#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/diagnostic.h"
#include "ipucnn/occasion.h"
#include "ipucnn/source.h"

namespace ipucnn {

/// Findings of one id are to pass: `# ipucnn: allow(ID)` in a file, `--allow ID`, a job's `allow:`.
struct Suppression {
  std::string id;
  Span at;                 ///< the id where it is written
  std::uint32_t line = 0;  ///< the line it holds for; 0: everywhere
  bool used = false;
};

/// The leaves that comments of a source give. One behind a value holds for its line, one on a line
/// of its own for the next line that is no comment.
std::vector<Suppression> read_suppressions(const Sources& sources, SourceId source);

/// What is to be said of `found` on an occasion. Everything that changes a severity is here: the
/// occasion's table, and what is allowed, which becomes a note or, when it is one already, goes.
/// A suppression holds on its line, for the preset whose name stands there, or everywhere; it is
/// marked as used. One that asks for what cannot be allowed is a finding of its own (K068).
Diagnostics judge(const Diagnostics& found, Occasion occasion,
                  std::vector<Suppression>& suppressions, Span preset);

/// The note of a finding that is allowed, at what allows it.
inline constexpr std::string_view kAllowed = "it is allowed";

/// Reports an id that no finding has.
void report_unknown_finding(std::string_view id, Span at, Diagnostics& findings);

/// Reports leaves that were not needed, and ids that do not exist.
void report_unused(const std::vector<Suppression>& allowances, Diagnostics& findings);

}  // namespace ipucnn
