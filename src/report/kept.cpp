#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/text.h"
#include "ipucnn/report.h"
#include "report/collector_records.h"
#include "report/sample_times.h"
#include "report/scaling.h"
#include "report/witness.h"

namespace ipucnn {
namespace {

namespace fs = std::filesystem;

const Step* find_step(const JobPlan& plan, const std::string& name) {
  for (const Step& step : plan.steps)
    if (step.name == name) return &step;
  return nullptr;
}

/// Gives lines to all that look at them.
LineBlockSink sink_of(StepReport& report, reporting::CsvWitnesses& witnesses) {
  return [&](const LineBlock& block) {
    report.measured.lines(block);
    if (witnesses.empty()) return;
    for (const LineBlock::Line& line : block.lines) witnesses.line(block.line(line));
  };
}

bool read_stream(const std::string& path, Stream stream, StepReport& report,
                 reporting::CsvWitnesses& witnesses, std::string& error) {
  LineReader reader(stream);
  reader.look_for(report.measured);
  const LineBlockSink sink = sink_of(report, witnesses);
  const bool read = read_log(
      path, [&](std::string_view piece) { reader.feed(piece, sink); }, error);
  reader.finish(sink);
  report.lines += reader.counts();
  return read;
}

/// Where the csv files of a kept try are.
reporting::WitnessPlace place_of(const KeptTry& kept, const Step& step,
                                 const ReportRequest& request) {
  reporting::WitnessPlace place;
  place.asked = request.csv_folder;
  if (step.output.is_literal()) place.usual = step.output.shown();
  place.started_in = kept.started_in;
  place.over = kept.state != "running";
  place.has_to_be_there = kept.state == "done";
  return place;
}

/// Of what is asked for, with the values that are to be discarded. What only tells the places of
/// these is read as well.
Measurement measurement_of(std::vector<MetricPattern> metrics, const ProofPattern& proof,
                           const ReportRequest& request) {
  const auto& names = request.metrics;
  const auto is_asked_for = [&](const MetricPattern& metric) {
    return names.empty() || std::find(names.begin(), names.end(), metric.name) != names.end();
  };
  std::set<std::string> needed;
  for (std::size_t i = 0; i < metrics.size(); ++i)
    if (const auto at = is_asked_for(metrics[i]) ? position_of(metrics, i) : std::nullopt)
      needed.insert(metrics[*at].name);
  std::erase_if(metrics, [&](const MetricPattern& metric) {
    return !is_asked_for(metric) && needed.count(metric.name) == 0;
  });
  for (MetricPattern& metric : metrics)
    if (request.discard && !metric.is_state()) metric.discard_first = *request.discard;
  Measurement measured(std::move(metrics), proof, names);
  for (std::size_t i = 0; i < measured.metrics().size(); ++i)
    if (!is_asked_for(measured.metrics()[i])) measured.hide(i);
  return measured;
}

/// Leaves out the beginning of each rate and duration that lies far off the rest of it.
void leave_out_warm_up(Measurement& measured) {
  for (std::size_t i = 0; i < measured.metrics().size(); ++i) {
    const MetricPattern metric = measured.metrics()[i];
    if (metric.is_state() || metric.is_of_checkpoints()) continue;
    const Series series = measured.series(i);
    std::int64_t first = metric.discard_first;
    for (std::size_t more = 1; more > 0; first += static_cast<std::int64_t>(more)) {
      measured.discard_first(i, first);
      more = warm_up_of(summarize(measured.metrics()[i], series).samples);
    }
  }
}

/// What was planned, for people.
std::vector<std::pair<std::string, std::string>> facts_of(const JobPlan& plan, const Step& step) {
  std::vector<std::pair<std::string, std::string>> facts;
  for (const auto& [name, value] : about(plan))
    if (value) facts.emplace_back(name, *value);
  const StepGeometry& g = step.geometry;
  const std::pair<const char*, std::optional<std::int64_t>> figures[] = {
      {"global batch", g.global_batch},
      {"micro batch", g.micro_batch},
      {"accumulation", g.accumulation},
      {"replicas", g.replicas},
      {"instances", g.instances},
      {"hosts", g.hosts},
      {"IPUs", g.ipus}};
  for (const auto& [name, figure] : figures)
    if (figure) facts.emplace_back(name, std::to_string(*figure));
  std::string command;
  for (const Arg& word : step.command.argv) command += (command.empty() ? "" : " ") + word.shown();
  facts.emplace_back("command", command);
  return facts;
}

/// What the run was started in, for people; empty where its record cannot be read.
std::vector<std::pair<std::string, std::string>> environment_of(const KeptRun& run) {
  std::string error;
  const auto record = read_run_record(run.folder, error);
  if (!record) return {};
  const RunContext& context = record->context;
  std::vector<std::pair<std::string, std::string>> facts = {{"started", record->started},
                                                            {"host", record->writer.host},
                                                            {"ipucnn", context.version},
                                                            {"kernel", context.kernel}};
  if (context.commit)
    facts.emplace_back(
        "commit",
        *context.commit + (context.dirty.value_or(false) ? ", with changes that are in none" : ""));
  facts.insert(facts.end(), context.versions.begin(), context.versions.end());
  facts.insert(facts.end(), context.tools.begin(), context.tools.end());
  std::erase_if(facts, [](const auto& fact) { return fact.second.empty(); });
  return facts;
}

/// Whether a try has certainly left a log: it is over, and not as a job that never came out of its
/// scheduler's queue.
bool has_log(const KeptTry& kept) {
  if (kept.state.empty() || is_going_on(kept.state)) return false;
  std::error_code code;
  return !kept.submitted || kept.state == "done" || fs::exists(kept.folder + "/started", code);
}

/// What the run's record tells of and is not in its folder; empty: all is there.
std::string missing_in(const KeptRun& run) {
  for (const KeptTry& kept : run.tries) {
    std::error_code code;
    std::string log = kept.folder + "/stdout.log";
    if (has_log(kept) && !fs::exists(log, code) && !code) return log;
  }
  std::string error;
  const auto record = read_run_record(run.folder, error);
  if (!record) return "";
  for (const TryState& ended : record->tries)
    if (find_step(run.plan, ended.step) != nullptr &&
        std::none_of(run.tries.begin(), run.tries.end(),
                     [&](const KeptTry& kept) { return kept.step == ended.step; }))
      return fmt::format("{}/{}/{}", run.folder, ended.step, ended.number);
  return "";
}

}  // namespace

std::optional<std::vector<StepReport>> report_of(const KeptRun& run, const ReportRequest& request,
                                                 std::string& error) {
  if (const std::string missing = missing_in(run); !missing.empty()) {
    error = "cannot read " + missing;
    return std::nullopt;
  }
  std::vector<StepReport> steps;
  for (const KeptTry& kept : run.tries) {
    if (!steps.empty() && steps.back().step == kept.step) steps.pop_back();  // an earlier try
    const Step* step = find_step(run.plan, kept.step);
    StepReport report{run.name,
                      kept.step,
                      kept.number,
                      kept.state,
                      run.plan.label,
                      measurement_of(step->metrics, step->proof, request),
                      {},
                      {step->printing_instances},
                      {}};
    for (const Arg& word : step->command.argv) report.command.push_back(word.shown());
    report.plan = facts_of(run.plan, *step);
    if (!run.plan.application.empty())
      report.application = run.plan.application + "@" + run.plan.release;
    report.preset = run.plan.preset.value_or("");
    report.target = run.plan.target;
    report.geometry = step->geometry;
    report.reads_data = !step->data_needs.empty();
    if (request.outlines) report.measured.keep_outlines_of_states();
    reporting::CsvWitnesses witnesses(step->csv_files, step->metrics,
                                      place_of(kept, *step, request));
    if (!read_stream(kept.folder + "/stdout.log", Stream::Out, report, witnesses, error) ||
        !read_stream(kept.folder + "/stderr.log", Stream::Err, report, witnesses, error))
      return std::nullopt;
    report.csv = witnesses.compare();
    if (request.warm_up) leave_out_warm_up(report.measured);
    report.phases = kept.phases;
    report.messages = kept.lines;
    report.log_error = kept.log_error;
    if (request.seconds) {
      report.environment = environment_of(run);
      report.seconds =
          reporting::seconds_of(kept.folder + "/samples.csv", report.measured.metrics());
    }
    steps.push_back(std::move(report));
  }
  return steps;
}

std::optional<StepReport> report_of_log(const std::string& path,
                                        const std::vector<MetricPattern>& metrics,
                                        const std::vector<CsvPattern>& csv_files,
                                        const ReportRequest& request, std::string& error) {
  StepReport report{path == "-" ? "standard input" : path, "log", 1,  "", std::nullopt,
                    measurement_of(metrics, {}, request),  {},    {}, {}};
  if (request.outlines) report.measured.keep_outlines_of_states();
  const std::string folder = !request.csv_folder.empty() ? request.csv_folder
                             : path == "-"               ? ""
                                           : fs::absolute(path).parent_path().string();
  std::vector<CsvPattern> there = csv_files;
  std::erase_if(there, [&](const CsvPattern& file) {
    std::error_code code;
    return folder.empty() || !fs::exists(fs::path(folder) / file.file, code);
  });
  reporting::WitnessPlace place{folder};
  // Not all of an application's files belong to each of its runs.
  if (there.empty() && !request.csv_folder.empty()) {
    there = csv_files;
    place.has_to_be_there = true;
  }
  reporting::CsvWitnesses witnesses(there, metrics, place);
  LineReader reader;
  reader.look_for(report.measured);
  const LineBlockSink sink = sink_of(report, witnesses);
  reporting::CollectorRecords records([&](std::string_view piece) { reader.feed(piece, sink); });
  if (!read_any_log(
          path, [&](std::string_view piece) { records.feed(piece); }, error))
    return std::nullopt;
  records.finish();
  reader.finish(sink);
  report.lines = reader.counts();
  report.csv = witnesses.compare();
  if (request.warm_up) leave_out_warm_up(report.measured);
  return report;
}

std::string report_text(const std::vector<StepReport>& steps, const ReportFormat& format) {
  std::string text;
  for (const StepReport& step : steps) {
    if (&step == steps.data() || (&step - 1)->run != step.run)
      text += fmt::format("run {}\n", printable(step.run));
    text += fmt::format("{}: {}", printable(step.step),
                        step.state.empty() ? "no end is recorded" : printable(step.state));
    if (step.number > 1) text += fmt::format(", at try {}", step.number);
    const std::string figures =
        report_text(step.measured, step.label,
                    {step.expected, true, format.old_tool ? &step.command : nullptr});
    text += "\n" + figures;
    if (figures.empty() && !step.measured.metrics().empty())
      text += "  nothing that is measured was printed\n";
    if (const std::int64_t bytes = step.lines.nobodys_bytes(); bytes > 0)
      text += fmt::format("  nobody's: {} of lines without a tag\n", counted(bytes, "byte"));
    for (const CsvWitness& witness : step.csv)
      text += fmt::format("  {} {}\n", printable(witness.path), reporting::witness_text(witness));
    text += doubt_lines(doubts_of_step(step), "  ");
  }
  return text + reporting::scaling_text(reporting::scalings_of(steps));
}

}  // namespace ipucnn
