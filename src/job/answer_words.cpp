// From the figures of an answer back to words.
#include "ipucnn/answer_words.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ipucnn {

AnswerWords answer_words(const JobStep& step, const Answer& answer) {
  AnswerWords words;
  const Geometry& geometry = step.geometry;
  const bool fills = geometry.available_ipus.has_value();
  words.names_ipus = fills && answer.ipus != geometry.available_ipus->value;
  const Effective effective(step.schema(), step.purpose.script, step.settings);
  const auto add = [&](QuantityName quantity, std::int64_t value) {
    const auto key = effective.key_of(quantity);
    const auto option = key ? effective.option(*key) : nullptr;
    if (!option) return;
    words.overrides.emplace_back(option->flag);
    words.overrides.push_back(std::to_string(value));
  };
  if (!fills && geometry.replicas && answer.replicas != geometry.replicas->value)
    add(QuantityName::Replicas, answer.replicas);
  add(QuantityName::MicroBatch, answer.micro_batch);
  if (geometry.own_global_batch)
    add(QuantityName::GlobalBatch, answer.global_batch);
  else
    add(QuantityName::Accumulation, answer.accumulation);
  return words;
}

std::string why_not_answer(const Job& job, const Answer& answer) {
  const Diagnostics findings = job.all_findings();
  for (const Diagnostic& d : findings.all())
    if (d.severity == Severity::Error)
      return fmt::format("{}: {}", finding_info(d.id).id, d.message);
  if (job.first() == nullptr) return "it has no figures";
  const Geometry& g = job.first()->first().geometry;
  const auto value = [](const std::optional<Quantity>& figure) {
    return figure ? figure->value : 1;
  };
  const Answer planned = {value(g.micro_batch), value(g.accumulation), value(g.replicas),
                          value(g.instances),   value(g.hosts),        value(g.ilds),
                          value(g.ipus),        value(g.global_batch)};
  if (planned == answer) return {};
  const std::int64_t each = answer.ipus / answer.replicas;
  if (each == value(g.ipus_per_replica)) return "other figures would follow from its words";
  return fmt::format("the options give a replica {}, not {}",
                     counted(value(g.ipus_per_replica), "IPU"), each);
}

}  // namespace ipucnn
