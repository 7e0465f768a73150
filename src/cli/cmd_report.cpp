#include <fmt/format.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>

#include "cli/commands.h"
#include "cli/input_files.h"
#include "cli/preflight.h"
#include "cli/request.h"
#include "ipucnn/metric.h"
#include "ipucnn/named_entry.h"
#include "ipucnn/report.h"

namespace ipucnn::cli {
namespace {

/// What --app asks for; nullptr, with findings, when there is no such application.
const AppSchema* find_schema(InputFiles& files, const Word& application) {
  const Entry entry = find_named(files.catalog, Section::Applications, application.text);
  if (entry) return files.descriptors.find(entry, files.findings);
  report_unknown(files.catalog, Section::Applications, application.text, application.at,
                 files.findings);
  return nullptr;
}

/// A run's folder, by the patterns of its plan or of --app, or a log, by those of --app.
bool add_reports(const std::string& name, const Catalog& catalog, const AppSchema* schema,
                 const ReportRequest& request, const std::string& runs, const World& world,
                 std::vector<StepReport>& reports, std::string& error) {
  std::error_code code;
  const std::string file = name == "-" ? name : world.below(name);
  // A pipe has a name as well: `report <(zcat x.gz)`.
  if (name == "-" || std::filesystem::is_regular_file(file, code) ||
      std::filesystem::is_fifo(file, code)) {
    if (schema == nullptr) {
      error = "whose log " + name + " is has to be said: --app NAME";
      return false;
    }
    auto report = report_of_log(file, metrics_of(*schema, "", ""),
                                csv_files_of(*schema, "", "", {}), request, error);
    if (report) reports.push_back(std::move(*report));
    return report.has_value();
  }
  const auto folder = find_run(runs, name, error);
  auto run = folder ? read_run(*folder, error) : std::nullopt;
  if (!run) return false;
  for (Step& step : run->plan.steps)
    if (schema != nullptr) take_patterns(catalog, *schema, step);
  auto steps = report_of(*run, request, error);
  if (!steps) return false;
  for (StepReport& step : *steps) reports.push_back(std::move(step));
  return true;
}

/// A metric that is asked for and that nothing has.
std::string unknown_metric(const std::vector<std::string>& names,
                           const std::vector<StepReport>& reports) {
  for (const std::string& name : names)
    if (std::none_of(reports.begin(), reports.end(),
                     [&](const StepReport& step) { return step.measured.find(name).has_value(); }))
      return name;
  return "";
}

std::string text_of(const std::vector<StepReport>& reports, const SplitArgv& split) {
  const ReportFormat format{split.has(Option::AsExamplesUtils)};
  const std::string_view name = format_of(split);
  if (name == "json") return report_json(reports, format);
  if (name == "csv") return report_csv(reports);
  if (name == "markdown") return report_markdown(reports);
  return name == "html" ? report_html(reports) : report_text(reports, format);
}

/// A report goes through every series in turn, so what one gives back the next one takes: giving it
/// to the system in between costs as much as reading a metric does.
void keep_freed_memory() {
  constexpr int kMiB = 1024 * 1024;
  ::mallopt(M_MMAP_THRESHOLD, 32 * kMiB);
  ::mallopt(M_TRIM_THRESHOLD, 2047 * kMiB);
#ifdef MADV_HUGEPAGE
  // A page of 4 KiB costs more at its first use than the values in it take to read. The heap gets
  // room for a gigabyte, of which only what is used counts, in pages of 2 MiB where there are any.
  constexpr int kUsualPad = 128 * 1024;
  auto* const begin = static_cast<char*>(::sbrk(0));
  ::mallopt(M_TOP_PAD, 1024 * kMiB);
  // The compiler would leave out what nobody looks at.
  void* volatile grown = std::malloc(2 * kMiB);
  std::free(grown);
  ::mallopt(M_TOP_PAD, kUsualPad);
  auto* const end = static_cast<char*>(::sbrk(0));
  if (end > begin) ::madvise(begin, static_cast<std::size_t>(end - begin), MADV_HUGEPAGE);
#endif
}

}  // namespace

int cmd_report(const SplitArgv& split, const Streams& streams, const World& world) {
  if (!split.overrides.empty())
    return misused(split.overrides.front(),
                   fmt::format("report takes no '{}'", split.overrides.front().text), split,
                   streams, world);
  if (split.positionals.empty())
    return usage(streams, "report takes runs (a path, a folder's name or `last`) and logs", split);
  keep_freed_memory();
  ReportRequest request;
  for (const Word& metric : split.values(Option::Metric)) request.metrics.push_back(metric.text);
  const auto rule = split.value(Option::Discard);
  request.warm_up = rule && rule->text == "warm-up";
  if (!request.warm_up) request.discard = split.number(Option::Discard);
  request.seconds = format_of(split) == "html";
  request.outlines = format_of(split) == "text";
  if (const auto folder = split.value(Option::CsvDir))
    request.csv_folder = world.below(folder->text);
  InputFiles files(split, world);
  const AppSchema* schema = nullptr;
  if (const auto application = split.value(Option::App)) {
    if (const auto status = read_or_say(files, {request_of(split)}, split, streams)) return *status;
    schema = find_schema(files, *application);
    print_findings(files.findings, files.sources, split, streams, world);
    if (schema == nullptr) return kFindings;
  }
  std::vector<StepReport> reports;
  std::string error;
  for (const Word& name : split.positionals)
    if (!add_reports(name.text, files.catalog, schema, request, runs_folder(split, world), world,
                     reports, error)) {
      say(streams, error);
      return kUsage;
    }
  hold_against_generated_data(reports);
  if (const std::string name = unknown_metric(request.metrics, reports); !name.empty()) {
    say(streams, fmt::format("there is no figure '{}'", name));
    return kUsage;
  }
  print_result(streams, format_of(split), text_of(reports, split));
  return kDone;
}

}  // namespace ipucnn::cli
