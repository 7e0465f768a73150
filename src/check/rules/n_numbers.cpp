// Family N: numbers of the optimiser that follow from others.
#include <fmt/format.h>

#include <cmath>

#include "check/rules.h"
#include "ipucnn/python_numbers.h"

namespace ipucnn::checking {

namespace {

/// The exponent of the decay: an option, or an entry of one that is a mapping.
std::optional<double> decay_exponent(const FactName& key, RuleFacts& facts) {
  const auto entry = facts.field(AppField::OptimiserDecayEntry).text();
  if (entry.empty()) return facts.number(key);
  for (const auto& [name, value] : facts.find(key).entries)
    if (name == entry) return resolving::python_float(value);
  return std::nullopt;
}

}  // namespace

void decay_not_positive(const RuleInput& in, Diagnostics& out) {
  const Node block = in.in.schema.field(AppField::OptimiserDecay);
  if (!block || !in.geometry.global_batch || in.in.purpose.lacks(QuantityName::Accumulation) ||
      in.facts.ends_before_graph())
    return;
  RuleFacts& facts = in.facts;
  if (all_hold(in.in.schema.condition(facts.field(AppField::OptimiserDecayWhen)), facts) !=
      Holds::Yes)
    return;
  const FactName key = facts.named(AppField::OptimiserDecayExponent);
  const auto exponent = decay_exponent(key, facts);
  const auto batch = static_cast<double>(in.geometry.global_batch->value);
  if (!exponent || facts.find(facts.named(AppField::OptimiserDecayValue)).known()) return;
  const double decay = 1 - std::exp2(*exponent) * batch;
  if (decay > 0) return;
  Diagnostic& d = out.add(FindingId::N003, facts.place({key}),
                          fmt::format("the decay is 1 - 2^{} x {} = {}", *exponent,
                                      in.geometry.global_batch->value, decay));
  d.at = is_set(facts.find(key).kind) ? d.at : in.geometry.global_batch->origin.at;
  d.help = fmt::format("keep the global batch below {}", std::exp2(-*exponent));
  if (const auto instead = block.find_text("value")) d.help += fmt::format(", or set {}", *instead);
}

void loss_scale_not_reached(const RuleInput& in, Diagnostics& out) {
  const Node block = in.in.schema.field(AppField::LossScale);
  if (!block || in.in.purpose.lacks(QuantityName::Accumulation)) return;
  RuleFacts& facts = in.facts;
  const FactName last_key = facts.named(AppField::LossScaleLast);
  const FactName first_key = facts.named(AppField::LossScaleFirst);
  const auto steps = facts.whole("loss scale steps");
  const auto first = facts.number(first_key);
  const auto last = facts.number(last_key);
  if (!steps || !first || !last) return;
  const double reached = *first * std::exp2(static_cast<double>(*steps - 1));
  if (reached != *last) {
    out.add(FindingId::N005, facts.place({last_key, first_key}),
            fmt::format("{} {} is never reached: doubling {} {} ends at {}", last_key.text, *last,
                        first_key.text, *first, reached))
        .help = fmt::format("use {} or {}", reached, 2 * reached);
    return;
  }
  const FactName epochs_key = facts.named(AppField::LossScaleEpochs);
  const auto epochs = facts.number(epochs_key);
  // Without an epoch nothing is trained at all, which is said elsewhere.
  if (!epochs || *epochs < 1 || *epochs >= static_cast<double>(*steps)) return;
  Diagnostic& d = out.add(
      FindingId::N005, facts.place({epochs_key, last_key, first_key}),
      fmt::format("{} holds from the start: {} values from {} to {} do not fit into {} epochs",
                  *last, *steps, *first, *last, *epochs));
  d.help = fmt::format("run at least {} epochs, or set {} to {}", *steps, first_key.text, *last);
  d.severity = Severity::Warning;  // a short run, as of a benchmark, loses the smaller values only
}

}  // namespace ipucnn::checking
