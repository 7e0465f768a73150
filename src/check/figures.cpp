// Arithmetic beyond the geometry: data sets, length of the run, loss scale. What an application
// calls its options is in the descriptor's blocks data_set, run_length and loss_scale.
#include "check/figures.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace ipucnn::checking {
namespace {

using Whole = std::optional<std::int64_t>;

/// The option that a field of a descriptor's block names.
std::string_view named(RuleFacts& facts, std::string_view block, std::string_view field) {
  return facts.input().in.schema.node().find(block).find_text(field).value_or("");
}

Whole option_of(RuleFacts& facts, std::string_view block, std::string_view field) {
  const std::string_view key = named(facts, block, field);
  return key.empty() ? std::nullopt : facts.whole(key);
}

Whole product(Whole a, Whole b) {
  std::int64_t result = 0;
  if (!a || !b || __builtin_mul_overflow(*a, *b, &result)) return std::nullopt;
  return result;
}

Whole samples(RuleFacts& facts, std::string_view which) {
  const Node block = facts.input().in.schema.node().find("data_set");
  if (all_hold(block.find("when"), facts) != Holds::Yes) return std::nullopt;
  std::string_view set = block.find_text("name").value_or("");
  if (set.empty()) {
    const Fact& chosen = facts.find(named(facts, "data_set", "option"));
    if (!chosen.known()) return std::nullopt;
    set = chosen.text;
  }
  return facts.input().in.schema.node().find("data_sets").find(set).find_int(which);
}

Whole validation_samples(RuleFacts& facts) { return samples(facts, "validation"); }

/// Percent of the data set; 100 where it cannot be chosen.
Whole share(RuleFacts& facts) {
  const Node block = facts.input().in.schema.node().find("data_set").find("share");
  if (!block) return 100;
  const Fact& set = facts.find(named(facts, "data_set", "option"));
  if (!block.find("only").contains(set.text)) return 100;
  return facts.whole(block.find_text("option").value_or(""));
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
  const std::string_view updates = named(facts, "run_length", "updates");
  const std::string_view epochs = named(facts, "run_length", "epochs");
  if (updates.empty() || !facts.find(updates).known()) return false;
  const bool epochs_win = named(facts, "run_length", "stronger") == "epochs";
  return !epochs_win || epochs.empty() || !facts.find(epochs).known();
}

Whole updates_in_the_run(RuleFacts& facts) {
  if (length_in_updates(facts)) return option_of(facts, "run_length", "updates");
  const auto epochs = facts.number(named(facts, "run_length", "epochs"));
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
  if (length_in_updates(facts)) return option_of(facts, "run_length", "updates_per_log");
  return quotient(updates_per_epoch(facts), option_of(facts, "run_length", "logs_per_epoch"));
}

Whole updates_per_call(RuleFacts& facts) {
  const Whole log = updates_per_log_line(facts);
  const Whole most = option_of(facts, "run_length", "updates_per_call");
  if (!log || !most || *most < 1) return std::nullopt;
  if (*log < *most) return log;
  const std::int64_t calls = round_half_even(*log, *most);
  return calls < 1 ? std::nullopt : Whole(*log / calls);
}

Whole host_steps_per_epoch(RuleFacts& facts) {
  return quotient(
      training_samples(facts),
      product(facts.whole("global batch"), option_of(facts, "run_length", "device_iterations")));
}

/// The first epochs run with smaller loss scales: floor(log2(final // first)) + 1 values in all.
Whole loss_scale_steps(RuleFacts& facts) {
  const auto first = facts.number(named(facts, "loss_scale", "first"));
  const auto last = facts.number(named(facts, "loss_scale", "last"));
  if (!first || !last || !(*first > 0) || !(*last >= *first)) return std::nullopt;
  const double ratio = std::floor(*last / *first);
  return static_cast<std::int64_t>(std::floor(std::log2(ratio))) + 1;
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
    {"updates per epoch", computed<updates_per_epoch>},
    {"updates in the run", computed<updates_in_the_run>},
    {"updates per log line", computed<updates_per_log_line>},
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

std::int64_t round_half_even(std::int64_t numerator, std::int64_t denominator) {
  const std::int64_t whole = numerator / denominator;
  const std::int64_t rest = numerator % denominator;
  const std::int64_t other = denominator - rest;
  if (rest == other) return whole + whole % 2;
  return rest > other ? whole + 1 : whole;
}

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
