#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/preflight.h"
#include "cli/request.h"
#include "ipucnn/catalog.h"
#include "ipucnn/metric.h"
#include "ipucnn/named_entry.h"
#include "ipucnn/report.h"

namespace ipucnn::cli {
namespace {

/// The patterns of today's descriptor in place of the plan's own, as --app asks for. False when
/// there is no such application.
bool take_patterns(const Word& application, JobPlan& plan, Diagnostics& findings,
                   Sources& sources) {
  const Catalog catalog(sources);
  const Entry entry = find_named(catalog, Section::Applications, application.text);
  if (!entry) {
    report_unknown(catalog, Section::Applications, application.text, application.at, findings);
    return false;
  }
  const auto schema = AppSchema::load(catalog, entry, findings);
  for (Step& step : plan.steps)
    if (schema) take_patterns(catalog, *schema, step);
  return schema.has_value();
}

}  // namespace

int cmd_report(const SplitArgv& split, const Streams& streams, const World& world) {
  if (!split.overrides.empty())
    return misused(split.overrides.front(),
                   fmt::format("report takes no '{}'", split.overrides.front().text), split,
                   streams, world);
  if (split.positionals.size() != 1)
    return usage(streams, "report takes one run: a path, a folder's name or `last`", split);
  std::string error;
  const auto folder = find_run(runs_folder(split, world), split.positionals.front().text, error);
  auto run = folder ? read_run(*folder, error) : std::nullopt;
  if (!run) {
    say(streams, error);
    return kUsage;
  }
  if (const auto application = split.value(Option::App)) {
    Sources sources;
    sources.set_command_line(split.text);
    Diagnostics findings;
    const bool taken = take_patterns(*application, run->plan, findings, sources);
    print_findings(findings, sources, split, streams, world);
    if (!taken) return kFindings;
  }
  const auto steps = report_of(*run, error);
  if (!steps) {
    say(streams, error);
    return kUsage;
  }
  streams.out(format_of(split) == "json" ? report_json(*steps) : report_text(*steps));
  return kDone;
}

}  // namespace ipucnn::cli
