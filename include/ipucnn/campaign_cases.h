#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/campaign.h"
#include "ipucnn/import.h"
#include "ipucnn/job.h"
#include "ipucnn/job_inputs.h"
#include "ipucnn/tree.h"

namespace ipucnn {
namespace campaigning {
class BenchmarkFile;
}  // namespace campaigning

/// What the cases of a campaign are made with.
struct CaseInput {
  const JobInputs& inputs;  ///< have to outlive the cases
  JobRequest words;         ///< that hold for every job; suppressions are among them
  ImportRequest import{};   ///< how the commands of benchmarks are read
  Occasion occasion = Occasion::Start;
  /// The folder that holds the runs where a site or `defaults` name this one; empty: neither does.
  std::function<std::string(const std::string& named)> runs_folder;
};

/// What a campaign is made of.
struct CampaignCases {
  std::vector<CampaignCase> cases;    ///< that were chosen, illegal ones among them
  std::vector<std::string> left_out;  ///< entries that take days, and that nobody named
  Diagnostics findings;
  /// What makes the work of cases; to be kept as long as they are.
  std::vector<std::shared_ptr<const void>> files{};
};

/// The points of a job as cases of this name and what tells each from the others.
void add_points(const Job& job, const std::string& name, Span at, const CaseInput& in,
                CampaignCases& out);

/// Makes cases of entries and jobs, those that the patterns choose by their names; all without a
/// pattern.
class CaseReader {
 public:
  CaseReader(CaseInput in, std::vector<Word> patterns);

  /// The entries of a benchmark specification.
  void add_benchmarks(std::unique_ptr<Document> document);
  /// Names of jobs that may be chosen: of these files, where they are given; else those of the
  /// project, and others where there are patterns.
  std::vector<Word> chosen_jobs(const std::vector<SourceId>* files);
  /// The points of a request's job.
  void add_job(const JobRequest& request);
  /// All that was added, and a finding for each pattern that chose nothing.
  CampaignCases take();

 private:
  bool may_be_chosen(std::string_view name) const;
  void add_variant(campaigning::BenchmarkFile& file, const BenchmarkEntry& entry,
                   std::size_t number);
  void note_refused(Node name, Node body);
  bool has_case(const std::string& entry) const;

  CaseInput in_;
  std::vector<Word> patterns_;
  std::vector<std::string> names_;  ///< the same as texts
  std::vector<std::string> known_;  ///< of all that could be chosen
  CampaignCases out_;
};

}  // namespace ipucnn
