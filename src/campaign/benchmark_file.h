#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "ipucnn/benchmark_jobs.h"
#include "ipucnn/campaign_cases.h"

namespace ipucnn::campaigning {

/// A benchmark specification whose entries are planned whenever somebody asks for one: of very many
/// entries the plans would take many times what the file does. Stays where it is, as its cases
/// refer to it.
class BenchmarkFile {
 public:
  BenchmarkFile(CaseInput in, std::unique_ptr<Document> document);
  BenchmarkFile(const BenchmarkFile&) = delete;
  BenchmarkFile& operator=(const BenchmarkFile&) = delete;

  Node root() const { return ipucnn::root(document_->tree); }
  /// The entries that `wanted` chooses by their names.
  std::vector<BenchmarkEntry> entries(const std::function<bool(std::string_view)>& wanted,
                                      Diagnostics& out) const;
  PlannedBenchmark plan(const BenchmarkEntry& entry, const BenchmarkVariant& variant,
                        Diagnostics& out) const;
  /// Gives what a point with a plan is run by, made anew each time.
  std::function<std::shared_ptr<const CaseWork>()> maker(const BenchmarkEntry& entry,
                                                         std::size_t variant, std::size_t point);

 private:
  /// Where a case comes from.
  struct Place {
    std::uint32_t entry;  ///< in entries_
    std::uint16_t variant, point;
  };
  std::shared_ptr<const CaseWork> make(Place place) const;

  CaseInput in_;
  std::unique_ptr<Document> document_;
  PlanInputFile file_;
  std::vector<std::pair<Node, Node>> entries_;  ///< names and bodies of those that have cases
};

}  // namespace ipucnn::campaigning
