// Arithmetic beyond the geometry: data sets, length of the run, loss scale. What an application
// calls its options is in the descriptor's blocks data_set, run_length and loss_scale.
#include "check/figures.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "check/conditions.h"

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

const std::optional<Quantity>* geometry_field(const Geometry& g, std::string_view words) {
  const std::pair<std::string_view, const std::optional<Quantity>*> fields[] = {
      {"stages", &g.stages},
      {"total replicas", &g.replicas},
      {"IPUs per replica", &g.ipus_per_replica},
      {"instances", &g.instances},
      {"hosts", &g.hosts},
      {"micro batch", &g.micro_batch},
      {"accumulation", &g.accumulation},
      {"global batch", &g.global_batch},
  };
  for (const auto& [name, field] : fields)
    if (name == words) return field;
  return nullptr;
}

using Compute = Whole (*)(RuleFacts&);

Compute computed(std::string_view words) {
  constexpr std::pair<std::string_view, Compute> kComputed[] = {
      {"training samples", training_samples},
      {"validation samples", [](RuleFacts& facts) { return samples(facts, "validation"); }},
      {"updates per epoch", updates_per_epoch},
      {"updates in the run", updates_in_the_run},
      {"updates per log line", updates_per_log_line},
      {"updates per call", updates_per_call},
      {"host steps per epoch", host_steps_per_epoch},
      {"loss scale steps", loss_scale_steps},
      {"replicas of a process",
       [](RuleFacts& facts) {
         return quotient(facts.whole("total replicas"), facts.whole("instances"));
       }},
  };
  for (const auto& [name, compute] : kComputed)
    if (name == words) return compute;
  return nullptr;
}

Fact text_fact(std::string_view text) {
  Fact fact;
  fact.state = Fact::State::Known;
  fact.text = text;
  return fact;
}

Fact number_fact(std::int64_t value, Origin origin) {
  Fact fact = text_fact(std::to_string(value));
  fact.number = static_cast<double>(value);
  fact.whole = true;
  fact.origin = std::move(origin);
  return fact;
}

}  // namespace

std::int64_t round_half_even(std::int64_t numerator, std::int64_t denominator) {
  const std::int64_t whole = numerator / denominator;
  const std::int64_t rest = numerator % denominator;
  const std::int64_t other = denominator - rest;
  if (rest == other) return whole + whole % 2;
  return rest > other ? whole + 1 : whole;
}

std::optional<Fact> figure_fact(std::string_view words, RuleFacts& facts) {
  const CheckInput& in = facts.input();
  if (words == "launcher") return text_fact(in.geometry.launcher);
  if (words == "purpose") return text_fact(in.in.purpose.name);
  if (words == "generation") return text_fact(in.target.target.generation);
  if (const auto* field = geometry_field(in.geometry, words)) {
    if (!*field) return std::nullopt;
    return number_fact((*field)->value, (*field)->origin);
  }
  const Compute compute = computed(words);
  const Whole value = compute == nullptr ? std::nullopt : compute(facts);
  if (!value) return std::nullopt;
  return number_fact(*value, {OriginKind::AppDefault, {}, std::string(words)});
}

}  // namespace ipucnn::checking
