// Figures for another machine, found by trying all of them.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/pipeline.h"
#include "emit/emitters.h"
#include "ipucnn/view.h"
#include "resolve/numbers.h"

namespace ipucnn::cli {
namespace {

/// What the solver decides on is no fault of the question; nor is a folder, for nothing starts.
bool settled_by_solving(const Diagnostic& d) {
  const char family = finding_info(d.id).id.front();
  return family == 'B' || family == 'P' || family == 'D' || family == 'V' ||
         d.severity == Severity::Note;
}

/// --micro-batch and its like stand above what the preset and the words for the application say.
void take_requests(const SplitArgv& split, SolveSpace& space, Diagnostics& findings) {
  const auto take = [&](std::string_view name, std::optional<std::int64_t>& asked) {
    const auto word = split.value(name);
    if (!word) return;
    const auto given = resolving::requested(word, fmt::format("--{}", name), findings);
    if (given) asked = given->value;
  };
  take("micro-batch", space.asked_micro_batch);
  take("accumulation", space.asked_accumulation);
  take("replicas", space.asked_replicas);
  take("global-batch", space.asked_global_batch);
  take("instances", space.asked_instances);
  std::optional<std::int64_t> each = space.ipus_per_replica;
  take("ipus-per-replica", each);
  space.ipus_per_replica = *each;
}

/// Where the broken relation can be changed: at the figure it speaks of, else at any that was asked
/// for, else at the machine.
Span place_of(Relation violated, const SplitArgv& split) {
  std::string_view first = "global-batch";
  if (violated == Relation::Accumulation) first = "accumulation";
  if (violated == Relation::Instances) first = "instances";
  if (violated == Relation::Room || violated == Relation::PowerOfTwo) first = "replicas";
  for (const std::string_view name :
       {first, std::string_view("global-batch"), std::string_view("micro-batch"),
        std::string_view("accumulation"), std::string_view("replicas"),
        std::string_view("instances"), std::string_view("target"), std::string_view("config")})
    if (const auto word = split.value(name)) return word->at;
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
}

/// Options that the answer takes the place of, or that only `solve` has.
bool is_answered(std::string_view option) {
  for (const std::string_view name : {"micro-batch", "accumulation", "replicas", "ipus-per-replica",
                                      "global-batch", "instances", "ipus", "format", "color"})
    if (option == name) return true;
  return false;
}

/// The words that start the best answer.
std::string command_text(const Pipeline& pipeline, const SplitArgv& split, const Answer& best) {
  std::string text = "ipucnn run";
  const auto add = [&](std::string_view word) { text += " " + emitting::shell_quote(word); };
  for (const Given& given : split.given) {
    if (is_answered(given.row->name)) continue;
    add("--" + std::string(given.row->name));
    if (given.value) add(given.value->text);
  }
  const CheckInput in = pipeline.check_input();
  if (in.geometry.room && best.ipus != in.geometry.room->value)
    text += fmt::format(" --ipus {}", best.ipus);
  if (split.has("instances")) text += fmt::format(" --instances {}", best.instances);
  for (const Word& word : split.overrides) add(word.text);
  const Effective effective(in.in.schema, in.in.purpose.script, in.settings);
  const auto add_figure = [&](QuantityName quantity, std::int64_t value) {
    const auto key = in.in.schema.key_of(quantity);
    const auto option = key ? effective.option(*key) : std::nullopt;
    if (option) text += fmt::format(" {} {}", option->flag, value);
  };
  add_figure(QuantityName::MicroBatch, best.micro_batch);
  add_figure(QuantityName::Accumulation, best.accumulation);
  return text;
}

}  // namespace

int cmd_solve(const SplitArgv& split, const Streams& streams, const World& world) {
  const auto format = split.value("format");
  if (format && format->text != "text" && format->text != "json")
    return usage(streams, fmt::format("--format of solve is text or json, not '{}'", format->text),
                 split);
  const bool as_json = format && format->text == "json";
  if (!split.positionals.empty())
    return usage(streams, fmt::format("'{}' is one word too many", split.positionals.front().text),
                 split);
  Pipeline pipeline(world);
  const auto print = [&] {
    print_findings(pipeline.findings(), pipeline.sources(), split, streams, world);
  };
  if (const auto status = load_or_say(pipeline, split, streams, world)) return *status;
  Diagnostics& findings = pipeline.findings();
  const bool resolved = pipeline.resolve(split, split.value("config"));
  if (resolved) std::erase_if(findings.all(), settled_by_solving);
  if (!resolved || findings.has_errors()) {
    print();
    return kFindings;
  }
  auto space = solve_space(pipeline.check_input());
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
