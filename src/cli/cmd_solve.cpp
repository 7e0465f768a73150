// Figures for another machine, found by trying all of them.
#include <fmt/format.h>

#include "cli/commands.h"
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
  if (!split.positionals.empty())
    return usage(streams, fmt::format("'{}' is one word too many", split.positionals.front().text),
                 split);
  if (const auto like = split.value(Option::Like)) return solve_like(*like, split, streams, world);
  Pipeline pipeline(world);
  const auto print = [&] {
    print_findings(pipeline.findings(), pipeline.sources(), split, streams, world);
  };
  if (const auto status = load_or_say(pipeline, split, streams, world)) return *status;
  Diagnostics& findings = pipeline.findings();
  const bool resolved = pipeline.resolve(split, split.value(Option::Config));
  if (resolved) std::erase_if(findings.all(), settled_by_solving);
  if (!resolved || findings.has_errors()) {
    print();
    return kFindings;
  }
  const auto accumulation = asked_accumulation(split, findings);
  auto space = solve_space(pipeline.check_input(), accumulation);
  if (!space)
    findings.add(FindingId::B021, Span{},
                 fmt::format("{} has no batch figures to solve for", pipeline.purpose().script));
  else
    take_requests(split, *space, findings);
  if (findings.has_errors()) {
    print();
    return kFindings;
  }
  const Solution solution = solve(*space);
  if (solution.violated) report_no_answer(solution, *space, split, findings);
  print();
  if (as_json || !solution.violated)
    streams.out(show_solution(solution, *space, as_json ? ViewFormat::Json : ViewFormat::Text));
  if (solution.violated) return kFindings;
  if (!as_json)
    say(streams,
        "the first is started by " + command_text(pipeline, split, solution.answers.front()));
  return kDone;
}

}  // namespace ipucnn::cli
