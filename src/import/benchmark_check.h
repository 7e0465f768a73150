#pragma once

#include <utility>
#include <vector>

#include "import/documents.h"
#include "import/located.h"
#include "ipucnn/benchmark_spec.h"

namespace ipucnn::importing {

/// Says what of an entry cannot do what it is meant to: patterns, derived figures, parameters and
/// its name. `pairs` are all keys that it has. False when an error was reported. What it had to
/// find out of its first command stands in the entry.
bool check_benchmark(const BenchmarkContext& in, BenchmarkEntry& entry,
                     const std::vector<std::pair<Node, Node>>& pairs, Diagnostics& out);

/// How many commands an entry has where they are of no known application, which judges them as
/// plain_command does; 0 for others.
std::size_t judge_plain(const BenchmarkContext& in, const BenchmarkEntry& entry, Diagnostics& out);

/// A variant's command: parameters put in for their names in braces, variables of the entry's own
/// `env` for theirs; `{{` and `}}` are braces. Names in braces that are no parameter stay.
Located benchmark_text(const Places& places, const BenchmarkEntry& entry,
                       const BenchmarkVariant& variant);

/// The commands of all variants of the entries, which have to outlive them: their titles are the
/// variants' names.
std::vector<CommandText> benchmark_commands(const Places& places,
                                            const std::vector<BenchmarkEntry>& entries);

}  // namespace ipucnn::importing
