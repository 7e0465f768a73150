#include <fmt/format.h>

#include "cli/commands.h"
#include "ipucnn/catalog.h"
#include "ipucnn/metric.h"
#include "ipucnn/report.h"

namespace ipucnn::cli {
namespace {

/// The patterns of today's descriptor in place of the plan's own, as --app asks for.
bool take_patterns(const Word& application, KeptRun& run, Diagnostics& findings, Sources& sources) {
  const Catalog catalog(sources);
  const Entry entry = catalog.find_application(parse_app_id(application.text));
  if (!entry) {
    findings
        .add(FindingId::K003, application.at,
             fmt::format("there is no application '{}'", application.text))
        .help = "`ipucnn show apps` lists them";
    return false;
  }
  const auto schema = AppSchema::load(catalog, entry, findings);
  if (!schema) return false;
  for (Step& step : run.plan.steps) {
    const Facts facts = [&](std::string_view key) -> std::optional<std::string_view> {
      for (const PlanSetting& set : step.settings)
        if (set.key == key && set.items.size() == 1 && set.items[0].type != ScalarType::Null)
          return set.items[0].text;
      return std::nullopt;
    };
    step.metrics = metrics_of(*schema, step.script, step.launcher);
    const auto purpose = schema->purpose(step.purpose);
    step.proof = purpose ? proof_of(*schema, *purpose, facts) : ProofPattern{};
  }
  return true;
}

}  // namespace

int cmd_report(const SplitArgv& split, const Streams& streams, const World& world) {
  if (!split.overrides.empty())
    return usage(streams, fmt::format("report takes no '{}'", split.overrides.front().text), split);
  if (split.positionals.size() != 1)
    return usage(streams, "report takes one run: a path, a folder's name or `last`", split);
  std::string error;
  const std::string runs = (world.folder == "." ? "" : world.folder + "/") + "runs";
  const auto folder = find_run(runs, split.positionals.front().text, error);
  auto run = folder ? read_run(*folder, error) : std::nullopt;
  if (!run) {
    say(streams, error);
    return kUsage;
  }
  if (const auto application = split.value(Option::App)) {
    Sources sources;
    sources.set_command_line(split.text);
    Diagnostics findings;
    const bool taken = take_patterns(*application, *run, findings, sources);
    print_findings(findings, sources, split, streams, world);
    if (!taken) return kFindings;
  }
  const auto steps = report_of(*run, error);
  if (!steps) {
    say(streams, error);
    return kUsage;
  }
  const auto format = split.value(Option::Format);
  streams.out(format && format->text == "json" ? report_json(*steps) : report_text(*steps));
  return kDone;
}

}  // namespace ipucnn::cli
