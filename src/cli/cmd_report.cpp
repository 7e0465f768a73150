#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/kept_memory.h"
#include "cli/commands.h"
#include "cli/input_files.h"
#include "cli/preflight.h"
#include "cli/request.h"
#include "ipucnn/metric.h"
#include "ipucnn/report.h"

namespace ipucnn::cli {
namespace {

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
    schema = files.find_schema(*application);
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
