#include "cli/solving.h"

#include <fmt/format.h>

#include "ipucnn/emit.h"

namespace ipucnn::cli {

std::string command_text(const JobStep& step, const SplitArgv& split, std::string_view preset,
                         const Answer& best) {
  std::string text = "ipucnn run";
  const auto add = [&](std::string_view word) { text += " " + emitting::shell_quote(word); };
  if (!preset.empty() && !split.has(Option::Config)) {
    add(option_row(Option::Config).flag());
    add(preset);
  }
  for (const Given& given : split.given) {
    if (given.row->is(kAnswered)) continue;
    add(given.row->flag());
    if (given.value) add(given.value->text);
  }
  const Geometry& geometry = step.geometry;
  if (geometry.available_ipus && best.ipus != geometry.available_ipus->value)
    text += fmt::format(" --ipus {}", best.ipus);
  if (split.has(Option::Instances)) text += fmt::format(" --instances {}", best.instances);
  for (const Word& word : split.overrides) add(word.text);
  const Effective effective(step.schema(), step.purpose.script, step.settings);
  const auto add_figure = [&](QuantityName quantity, std::int64_t value) {
    const auto key = step.schema().key_of(quantity, step.purpose.script);
    const auto option = key ? effective.option(*key) : std::nullopt;
    if (option) text += fmt::format(" {} {}", option->flag, value);
  };
  add_figure(QuantityName::MicroBatch, best.micro_batch);
  add_figure(QuantityName::Accumulation, best.accumulation);
  return text;
}

}  // namespace ipucnn::cli
