// Figures for another machine, found by trying all of them.
#include <fmt/format.h>

#include "base/shell_quote.h"
#include "cli/commands.h"
#include "cli/input_files.h"
#include "cli/request.h"
#include "cli/split_argv.h"
#include "ipucnn/answer_words.h"
#include "ipucnn/check.h"
#include "ipucnn/emit.h"
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

/// The words that start the best answer for a step. `preset` is named where the words name none.
std::vector<std::string> command_words(const JobStep& step, const SplitArgv& split,
                                       std::string_view preset, const Answer& best) {
  std::vector<std::string> words;
  const auto add = [&](std::string_view word) { words.emplace_back(word); };
  const auto add_number = [&](std::string_view flag, std::int64_t value) {
    add(flag);
    add(std::to_string(value));
  };
  add("run");
  if (!preset.empty() && !split.has(Option::Config)) {
    add(option_row(Option::Config).flag());
    add(preset);
  }
  for (const Given& given : split.given) {
    if (given.row->is(kAnswered)) continue;
    add(given.row->flag());
    if (given.value) add(given.value->text);
  }
  const AnswerWords needed = answer_words(step, best);
  if (split.has(Option::Ipus) || needed.names_ipus) add_number("--ipus", best.ipus);
  if (split.has(Option::Instances)) add_number("--instances", best.instances);
  for (const Word& word : split.overrides) add(word.text);
  for (const std::string& word : needed.overrides) add(word);
  return words;
}

/// Says how the best answer is started.
void say_command(const JobStep& step, const SplitArgv& split, std::string_view preset,
                 const Answer& best, const InputFiles& files, const Streams& streams) {
  const std::vector<std::string> words = command_words(step, split, preset, best);
  const JobRequest request = request_of(split_argv("ipucnn", words));
  const std::string why =
      why_not_answer(resolve_job(request, files.descriptors, files.around, Occasion::DryRun), best);
  std::string text = "the first is started by\n  ipucnn";
  for (const std::string& word : words) text += " " + quoted_for_shell(word);
  say(streams, why.empty() ? text : "no command starts the first: " + why);
}

/// `solve --like JOB`: presets of other applications for the same network and global batch.
int solve_like(const Word& like, const SplitArgv& split, const Streams& streams,
               const World& world) {
  InputFiles files(split, world);
  const JobRequest words = request_of(split);
  JobRequest reference;
  reference.preset = like;  // of a large file of presets more than one may be needed
  if (const auto status = read_or_say(files, {words, reference}, split, streams)) return *status;
  const EquivalentJobs like_it = find_equivalents(words, asked_figures(split), like, files);
  const ViewFormat format = view_format(split);
  if (like_it.found) streams.out(show_equivalents(*like_it.found, format));
  if (!like_it.found || !like_it.best) {
    print_findings(like_it.findings, files.sources, split, streams, world);
    return kFindings;
  }
  const auto& first = like_it.found->proposals.front();
  if (const JobPoint* point = like_it.best->first(); point && format == ViewFormat::Text)
    say_command(point->first(), split, first.preset, first.answer, files, streams);
  return kDone;
}

}  // namespace

int cmd_solve(const SplitArgv& split, const Streams& streams, const World& world) {
  const ViewFormat format = view_format(split);
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
                 fmt::format("{} lacks one of the figures to solve for: micro batch, gradient "
                             "accumulation and replicas",
                             step.purpose.script));
  report_ipus_beyond_target(step.check_input(), findings);
  if (findings.has_errors()) return fail();
  const Solution solution = solve(*space);
  if (solution.violated)
    findings
        .add(FindingId::B020, place_of(*solution.violated, split), no_answer_text(solution, *space))
        .help = nearest_text(solution, *space);
  print_findings(findings, files.sources, split, streams, world);
  if (format == ViewFormat::Json || !solution.violated)
    streams.out(show_solution(solution, *space, format));
  if (solution.violated) return kFindings;
  if (format == ViewFormat::Text)
    say_command(step, split, {}, solution.answers.front(), files, streams);
  return kDone;
}

}  // namespace ipucnn::cli
