#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ipucnn/import.h"
#include "ipucnn/patterns.h"

namespace ipucnn {

/// A figure of an entry's `data:`.
struct BenchmarkMetric {
  std::string name;
  Span at;                 ///< of its name
  std::string expression;  ///< a regular expression in Python's spelling
  Node expression_node;    ///< absent: it has none
  std::int64_t skip = 0;   ///< first values of each instance that do not count
  Reduction reduction = Reduction::Mean;
  std::string unit;  ///< as `output:` names it; empty: it does not
};

/// A figure of an entry's `derived:`.
struct BenchmarkDerived {
  std::string name;
  std::string expression;  ///< arithmetic over figures and parameters
  Span at;                 ///< of the expression
};

/// One combination of an entry's parameters.
struct BenchmarkVariant {
  std::string name;  ///< ENTRY, or ENTRY:batchsize=4,iterations=8
  std::vector<std::pair<std::string, std::string>> parameters;
};

/// What the command of an entry's first variant is.
struct FirstCommand {
  std::string application;  ///< that it is taken for; empty: of none that is known
  bool faulty = false;      ///< an error stands in its text
};

/// One entry of a benchmark specification, merge keys applied.
struct BenchmarkEntry {
  std::string name;
  Span at;         ///< of its name
  Node key, body;  ///< its name and all that it holds, as read_benchmark takes them
  Node command;    ///< a text
  std::vector<std::pair<Node, Node>> env;
  std::optional<std::int64_t> timeout;  ///< seconds
  std::string location;                 ///< folder below the file's; empty: the file's own
  std::vector<BenchmarkMetric> metrics;
  std::vector<BenchmarkDerived> derived;
  std::vector<BenchmarkVariant> variants;  ///< at least one
  Node expect;                             ///< bounds of its figures; absent: none
  std::optional<FirstCommand> first{};     ///< absent: nobody had to look yet
  bool convergence = false;  ///< by its name a test of days, which has to be asked for
  bool usable = true;        ///< false: an error was reported, so that it cannot be run
};

/// Whether a file is a benchmark specification: a mapping, none of ours, whose values hold `cmd` or
/// `notebook`.
bool is_benchmark_spec(Node root);

/// What the commands of a specification are read with.
struct BenchmarkContext {
  const Catalog& catalog;  ///< knows what the scripts print
  const Sources& sources;
  ImportRequest request{};
};

/// The entries of a specification in their order, and only those that `wanted` chooses by their
/// names, where it is given. Reports what of them cannot be used, as an error, and what is probably
/// not meant. Notebooks are left out, and so are entries whose commands cannot be told.
std::vector<BenchmarkEntry> read_benchmarks(
    const BenchmarkContext& in, Node root, Diagnostics& out,
    const std::function<bool(std::string_view)>& wanted = {});

/// One of them read again, without judging once more what its figures and parameters can do. Absent
/// for one of those that are left out.
std::optional<BenchmarkEntry> read_benchmark(const BenchmarkContext& in, Node key, Node body,
                                             Diagnostics& out);

/// The command of a variant as import_commands reads one: none when it is of no known application.
std::vector<ImportedJob> import_benchmark(const BenchmarkContext& in, const BenchmarkEntry& entry,
                                          const BenchmarkVariant& variant, Diagnostics& out);

/// The same of its first variant, where all that matters is what it is.
FirstCommand first_command(const BenchmarkContext& in, const BenchmarkEntry& entry);

/// A command of no known application.
struct PlainCommand {
  std::vector<Word> words;  ///< `${env:NAME}` is a variable
  std::vector<std::pair<std::string, std::string>> env;
};
/// Absent, with an error, for what only a shell can start.
std::optional<PlainCommand> plain_command(const Sources& sources, const BenchmarkEntry& entry,
                                          const BenchmarkVariant& variant, Diagnostics& out);

}  // namespace ipucnn
