// Figures for another machine, found by trying all of them.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/input_files.h"
#include "cli/request.h"
#include "cli/solving.h"
#include "ipucnn/view.h"

namespace ipucnn::cli {
namespace {

/// Where the broken relation can be changed: at the figure it speaks of, else at any that was asked
/// for, else at the machine.
Span place_of(Relation violated, const SplitArgv& split) {
  Option first = Option::GlobalBatch;
  if (violated == Relation::Accumulation) first = Option::Accumulation;
  if (violated == Relation::Instances) first = Option::Instances;
  if (violated == Relation::Room || violated == Relation::PowerOfTwo) first = Option::Replicas;
  for (const Option option : {first, Option::GlobalBatch, Option::MicroBatch, Option::Accumulation,
                              Option::Replicas, Option::Instances, Option::Target, Option::Config})
    if (const auto word = split.value(option)) return word->at;
  return {};
}

void report_no_answer(const Solution& solution, const SolveSpace& space, const SplitArgv& split,
                      Diagnostics& findings) {
  Diagnostic& d = findings.add(FindingId::B020, place_of(*solution.violated, split),
                               "nothing fits: " + relation_text(*solution.violated, space));
  for (const NearestValues& near : solution.nearest) {
    const std::string text = nearest_text(near);
    if (text.empty()) continue;
    d.help += d.help.empty() ? "what fits is nearest with " : "; with ";
    d.help += text;
  }
  if (*solution.violated == Relation::Accumulation && !space.counts.empty())
    d.help += fmt::format("{} {} {}", d.help.empty() ? "what fits is nearest with" : "; with",
                          space.counts, space.least);
}

}  // namespace

int cmd_solve(const SplitArgv& split, const Streams& streams, const World& world) {
  const auto format = split.value(Option::Format);
  const bool as_json = format && format->text == "json";
  if (const auto like = split.value(Option::Like)) return solve_like(*like, split, streams, world);
  InputFiles files(split, world);
  const JobRequest request = request_of(split);
  if (const auto status = read_or_say(files, {request}, split, streams)) return *status;
  const Job job = resolve_job(request, files.descriptors, files.around, Occasion::Solve);
  Diagnostics findings = files.findings;
  findings.add(job.all_findings());
  const auto fail = [&] {
    print_findings(findings, files.sources, split, streams, world);
    return kFindings;
  };
  if (job.first() == nullptr || findings.has_errors()) return fail();
  const JobStep& step = job.first()->first();
  const AskedFigures asked = asked_figures(split);
  const auto space = solve_space(step, asked);
  if (!space)
    findings.add(FindingId::B021, Span{},
                 fmt::format("{} has no batch figures to solve for", step.purpose.script));
  if (findings.has_errors()) return fail();
  const Solution solution = solve(*space);
  if (solution.violated) report_no_answer(solution, *space, split, findings);
  print_findings(findings, files.sources, split, streams, world);
  if (as_json || !solution.violated)
    streams.out(show_solution(solution, *space, as_json ? ViewFormat::Json : ViewFormat::Text));
  if (solution.violated) return kFindings;
  if (!as_json)
    say(streams,
        "the first is started by " + command_text(step, split, {}, solution.answers.front()));
  return kDone;
}

}  // namespace ipucnn::cli
