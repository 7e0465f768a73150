#include "cli/solving.h"

#include <fmt/format.h>

#include "emit/emitters.h"
#include "resolve/numbers.h"

namespace ipucnn::cli {
bool settled_by_solving(const Diagnostic& d) {
  const char family = finding_info(d.id).id.front();
  return family == 'B' || family == 'P' || family == 'D' || family == 'V' ||
         d.severity == Severity::Note;
}

std::optional<std::int64_t> asked_accumulation(const SplitArgv& split, Diagnostics& findings) {
  const auto word = split.value(Option::Accumulation);
  const auto given = word ? resolving::requested(word, "--accumulation", findings) : std::nullopt;
  return given ? std::optional(given->value) : std::nullopt;
}

void take_requests(const SplitArgv& split, SolveSpace& space, Diagnostics& findings) {
  const auto take = [&](Option option, std::optional<std::int64_t>& asked) {
    const auto word = split.value(option);
    if (!word) return;
    const auto given = resolving::requested(word, option_row(option).flag(), findings);
    if (given) asked = given->value;
  };
  take(Option::MicroBatch, space.asked_micro_batch);
  take(Option::Replicas, space.asked_replicas);
  take(Option::GlobalBatch, space.asked_global_batch);
  take(Option::Instances, space.asked_instances);
  std::optional<std::int64_t> each = space.ipus_per_replica;
  take(Option::IpusPerReplica, each);
  space.ipus_per_replica = *each;
}

std::string command_text(const Pipeline& pipeline, const SplitArgv& split, const Answer& best) {
  std::string text = "ipucnn run";
  const auto add = [&](std::string_view word) { text += " " + emitting::shell_quote(word); };
  for (const Given& given : split.given) {
    if (given.row->is(kAnswered)) continue;
    add(given.row->flag());
    if (given.value) add(given.value->text);
  }
  const CheckInput in = pipeline.check_input();
  if (in.geometry.available_ipus && best.ipus != in.geometry.available_ipus->value)
    text += fmt::format(" --ipus {}", best.ipus);
  if (split.has(Option::Instances)) text += fmt::format(" --instances {}", best.instances);
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

}  // namespace ipucnn::cli
