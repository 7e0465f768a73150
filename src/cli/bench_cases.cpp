#include "cli/bench_cases.h"

#include <filesystem>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/preflight.h"
#include "cli/request.h"

namespace ipucnn::cli {
namespace {

bool is_file(const std::string& word, const World& world) {
  std::error_code code;
  return word.ends_with(".yml") || word.ends_with(".yaml") ||
         std::filesystem::is_regular_file(world.below(word), code);
}

/// Files that the words name.
struct NamedFiles {
  std::vector<std::unique_ptr<Document>> benchmarks;
  std::vector<SourceId> ours;
};

/// The status to end with when it cannot be read or is wrong, which is said.
std::optional<int> read_named(const Word& word, InputFiles& files, const SplitArgv& split,
                              const Streams& streams, NamedFiles& named) {
  std::string error;
  auto text = read_file(files.world.below(word.text), error);
  if (!text) return usage(streams, error, split);
  const SourceId source = files.sources.add(word.text, *text);
  Diagnostics of_text;
  // As `check` and examples_utils read it: no script's reader will see its dates.
  auto documents = load_yaml_documents(files.sources, source, of_text);
  if (documents.size() == 1 && !of_text.has_errors() &&
      is_benchmark_spec(root(documents.front()->tree))) {
    files.findings.add(of_text);
    named.benchmarks.push_back(std::move(documents.front()));
    return std::nullopt;
  }
  if (const auto added = files.add_text({word, Layer::Named, {}, {}}, std::move(*text))) {
    named.ours.push_back(*added);
    return std::nullopt;
  }
  print_findings(files.findings, files.sources, split, streams, files.world);
  return kFindings;
}

}  // namespace

CaseInput case_input(const InputFiles& files, const SplitArgv& split, JobRequest words,
                     Occasion occasion) {
  return {files, std::move(words), import_request(split), occasion,
          [&files, &split](const std::string& named) {
            return runs_folder(split, files.world, named);
          }};
}

std::optional<CampaignCases> bench_cases(InputFiles& files, const SplitArgv& split,
                                         const Streams& streams, Occasion occasion, int& status) {
  const auto end = [&](int with) {
    status = with;
    return std::nullopt;
  };
  JobRequest words = request_of(split);
  if (const auto failed = read_or_say(files, {words}, split, streams)) return end(*failed);
  NamedFiles named;
  std::vector<Word> patterns;
  for (const Word& word : split.positionals)
    if (!is_file(word.text, files.world))
      patterns.push_back(word);
    else if (const auto failed = read_named(word, files, split, streams, named))
      return end(*failed);
  const bool has_files = patterns.size() < split.positionals.size();
  words.suppressions = files.suppressions(split);
  CaseReader reader(case_input(files, split, words, occasion), patterns);
  for (auto& document : named.benchmarks) reader.add_benchmarks(std::move(document));
  std::vector<JobRequest> requests;
  for (const Word& name : reader.chosen_jobs(has_files ? &named.ours : nullptr)) {
    requests.push_back(words);
    requests.back().job = name;
  }
  if (!requests.empty())
    if (const auto failed = read_or_say(files, requests, split, streams)) return end(*failed);
  for (const JobRequest& request : requests) reader.add_job(request);
  CampaignCases made = reader.take();
  if (made.cases.empty() && made.left_out.empty() && files.findings.all().empty() &&
      patterns.empty()) {
    say(streams, has_files ? "the files hold neither jobs nor benchmarks"
                           : "there is no job in the project; name a FILE, or a job");
    return end(kUsage);
  }
  Diagnostics all = files.findings;
  all.add(made.findings);
  made.findings = std::move(all);
  return made;
}

}  // namespace ipucnn::cli
