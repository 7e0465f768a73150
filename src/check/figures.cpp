// Arithmetic beyond the geometry: data sets, length of the run, loss scale. What an application
// calls its options is in the descriptor's blocks data_set, run_length and loss_scale.
#include "check/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "ipucnn/numbers.h"

namespace ipucnn::checking {
namespace {

using Whole = std::optional<std::int64_t>;

Whole option_of(RuleFacts& facts, AppField field) {
  const FactName key = facts.named(field);
  return key.text.empty() ? std::nullopt : facts.whole(key);
}

Whole product(Whole a, Whole b) {
  std::int64_t result = 0;
  if (!a || !b || __builtin_mul_overflow(*a, *b, &result)) return std::nullopt;
  return result;
}

Whole samples(RuleFacts& facts, std::string_view which) {
  const AppSchema& schema = facts.input().in.schema;
  if (all_hold(schema.condition(facts.field(AppField::DataSetWhen)), facts) != Holds::Yes)
    return std::nullopt;
  std::string_view set = facts.named(AppField::DataSetName);
  if (set.empty()) {
    const Fact& chosen = facts.find(facts.named(AppField::DataSetOption));
    if (!chosen.known()) return std::nullopt;
    set = chosen.text;
  }
  return facts.field(AppField::DataSets).find(set).find_int(which);
}

Whole validation_samples(RuleFacts& facts) { return samples(facts, "validation"); }

/// Percent of the data set; 100 where it cannot be chosen.
Whole share(RuleFacts& facts) {
  if (!facts.field(AppField::DataSetShare)) return 100;
  const Fact& set = facts.find(facts.named(AppField::DataSetOption));
  if (!facts.field(AppField::DataSetShareOnly).contains(set.text)) return 100;
  return facts.whole(facts.named(AppField::DataSetShareOption));
}

Whole training_samples(RuleFacts& facts) {
  const Whole part = product(samples(facts, "training"), share(facts));
  return part ? Whole(*part / 100) : std::nullopt;
}

Whole quotient(Whole n, Whole by) { return n && by && *by > 0 ? Whole(*n / *by) : std::nullopt; }

Whole updates_per_epoch(RuleFacts& facts) {
  return quotient(training_samples(facts), facts.whole("global batch"));
}

/// True when the run's length is given in updates rather than in epochs.
bool length_in_updates(RuleFacts& facts) {
  const FactName updates = facts.named(AppField::RunLengthUpdates);
  const FactName epochs = facts.named(AppField::RunLengthEpochs);
  if (updates.text.empty() || !facts.find(updates).known()) return false;
  const bool epochs_win = facts.named(AppField::RunLengthStronger).text == "epochs";
  return !epochs_win || epochs.text.empty() || !facts.find(epochs).known();
}

Whole updates_in_the_run(RuleFacts& facts) {
  if (length_in_updates(facts)) return option_of(facts, AppField::RunLengthUpdates);
  const auto epochs = facts.number(facts.named(AppField::RunLengthEpochs));
  const Whole images = training_samples(facts);
  const Whole batch = facts.whole("global batch");
  if (!epochs || !images || !batch || *batch < 1) return std::nullopt;
  const double updates =
      std::floor(static_cast<double>(*images) * *epochs / static_cast<double>(*batch));
  constexpr double kMost = 9007199254740992.0;
  if (!(updates >= 0 && updates < kMost)) return std::nullopt;
  return static_cast<std::int64_t>(updates);
}

Whole updates_per_log_line(RuleFacts& facts) {
  if (length_in_updates(facts)) return option_of(facts, AppField::RunLengthUpdatesPerLog);
  return quotient(updates_per_epoch(facts), option_of(facts, AppField::RunLengthLogsPerEpoch));
}

Whole updates_per_call(RuleFacts& facts) {
  const Whole log = updates_per_log_line(facts);
  const Whole most = option_of(facts, AppField::RunLengthUpdatesPerCall);
  if (!log || !most || *most < 1) return std::nullopt;
  if (*log < *most) return log;
  const std::int64_t calls = resolving::round_half_even(*log, *most);
  return calls < 1 ? std::nullopt : Whole(*log / calls);
}

Whole host_steps_per_epoch(RuleFacts& facts) {
  return quotient(
      training_samples(facts),
      product(facts.whole("global batch"), option_of(facts, AppField::RunLengthDeviceIterations)));
}

/// The first epochs run with smaller loss scales: floor(log2(final // first)) + 1 values in all.
Whole loss_scale_steps(RuleFacts& facts) {
  const auto first = facts.number(facts.named(AppField::LossScaleFirst));
  const auto last = facts.number(facts.named(AppField::LossScaleLast));
  if (!first || !last || !(*first > 0) || !(*last >= *first)) return std::nullopt;
  const double ratio = std::floor(*last / *first);
  return static_cast<std::int64_t>(std::floor(std::log2(ratio))) + 1;
}

/// Without accumulation, as an evaluation runs.
Whole samples_of_a_step(RuleFacts& facts) {
  return product(facts.whole("micro batch"), facts.whole("total replicas"));
}

Whole replicas_of_a_process(RuleFacts& facts) {
  return quotient(facts.whole("total replicas"), facts.whole("instances"));
}

Fact text_fact(std::string_view text) {
  Fact fact;
  fact.state = Fact::State::Known;
  fact.text = text;
  return fact;
}

Fact number_fact(std::int64_t value) {
  Fact fact = text_fact(std::to_string(value));
  fact.number = static_cast<double>(value);
  fact.whole = fact.to_int = true;
  return fact;
}

template <std::optional<Quantity> Geometry::*kField>
Fact of_geometry(RuleFacts& facts) {
  const std::optional<Quantity>& quantity = facts.input().geometry.*kField;
  if (!quantity) return unknown_fact();
  Fact fact = number_fact(quantity->value);
  fact.kind = quantity->origin.kind;
  fact.at = quantity->origin.at;
  return fact;
}

/// Of fewer than one line an epoch: 4 for 1/4.
Fact epochs_per_log_line(RuleFacts& facts) {
  const auto lines = facts.number(facts.named(AppField::RunLengthLogsPerEpoch));
  if (!lines || !(*lines > 0 && *lines < 1)) return unknown_fact();
  Fact fact = text_fact(fmt::format("{}", 1 / *lines));
  fact.number = 1 / *lines;
  return fact;
}

template <Whole (*kCompute)(RuleFacts&)>
Fact computed(RuleFacts& facts) {
  const Whole value = kCompute(facts);
  return value ? number_fact(*value) : unknown_fact();
}

struct Figure {
  std::string_view words;
  Fact (*fact)(RuleFacts&);
};
constexpr Figure kFigures[] = {
    {"launcher", [](RuleFacts& facts) { return text_fact(facts.input().geometry.launcher); }},
    {"purpose", [](RuleFacts& facts) { return text_fact(facts.input().in.purpose.name); }},
    {"generation",
     [](RuleFacts& facts) { return text_fact(facts.input().target.target.generation); }},
    {"stages", of_geometry<&Geometry::stages>},
    {"total replicas", of_geometry<&Geometry::replicas>},
    {"IPUs per replica", of_geometry<&Geometry::ipus_per_replica>},
    {"instances", of_geometry<&Geometry::instances>},
    {"hosts", of_geometry<&Geometry::hosts>},
    {"micro batch", of_geometry<&Geometry::micro_batch>},
    {"accumulation", of_geometry<&Geometry::accumulation>},
    {"global batch", of_geometry<&Geometry::global_batch>},
    {"replicas of a process", computed<replicas_of_a_process>},
    {"training samples", computed<training_samples>},
    {"validation samples", computed<validation_samples>},
    {"samples of a step", computed<samples_of_a_step>},
    {"updates per epoch", computed<updates_per_epoch>},
    {"updates in the run", computed<updates_in_the_run>},
    {"updates per log line", computed<updates_per_log_line>},
    {"epochs per log line", epochs_per_log_line},
    {"updates per call", computed<updates_per_call>},
    {"host steps per epoch", computed<host_steps_per_epoch>},
    {"loss scale steps", computed<loss_scale_steps>},
};

constexpr std::string_view kNames[] = {
#define FIGURE(words) words,
#include "ipucnn/figure_names.def"
#undef FIGURE
};
constexpr bool names_agree() {
  if (std::size(kNames) != std::size(kFigures)) return false;
  for (std::size_t i = 0; i < std::size(kNames); ++i)
    if (kNames[i] != kFigures[i].words) return false;
  return true;
}
static_assert(names_agree(), "descriptors may speak of the figures in ipucnn/figure_names.def");

}  // namespace

std::optional<std::size_t> figure_number(std::string_view words) {
  for (std::size_t i = 0; i < std::size(kFigures); ++i)
    if (kFigures[i].words == words) return i;
  return std::nullopt;
}

std::size_t figure_count() { return std::size(kFigures); }

Fact figure_fact(std::size_t number, RuleFacts& facts) { return kFigures[number].fact(facts); }

Fact unknown_fact() {
  Fact fact;
  fact.state = Fact::State::Unknown;
  return fact;
}

}  // namespace ipucnn::checking
