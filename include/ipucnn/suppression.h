#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/diagnostic.h"
#include "ipucnn/source.h"

namespace ipucnn {

/// Leave to let findings of one id pass: `# ipucnn: allow(ID)` in a file, or `--allow ID`.
struct Suppression {
  std::string id;
  Span at;                 ///< the id where it is written
  std::uint32_t line = 0;  ///< the line it holds for; 0: everywhere
  bool used = false;
};

/// The leaves that comments of a source give. One behind a value holds for its line, one on a line
/// of its own for the next line that is no comment.
std::vector<Suppression> read_suppressions(const Sources& sources, SourceId source);

/// Turns the findings from index `from` on that are allowed into notes, and takes away those that
/// are notes already: by a leave on their line, on the line of the preset they were found in, or
/// everywhere.
void apply_suppressions(std::vector<Suppression>& allowances, Span preset, std::size_t from,
                        Diagnostics& findings);

/// Reports an id that no finding has.
void report_unknown_finding(std::string_view id, Span at, Diagnostics& findings);

/// Reports leaves that were not needed, and ids that do not exist.
void report_unused(const std::vector<Suppression>& allowances, Diagnostics& findings);

}  // namespace ipucnn
