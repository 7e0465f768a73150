// Family V: validation runs. How an application forms its validation batch is in the descriptor's
// block `validation`.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "check/figures.h"
#include "check/rules.h"
#include "ipucnn/numbers.h"

namespace ipucnn::checking {
namespace {

/// How one evaluation of the whole set goes with one micro batch.
struct Evaluation {
  std::int64_t samples = 0;
  std::int64_t batch = 0;      ///< over all replicas
  std::int64_t evaluated = 0;  ///< samples that count
  std::int64_t parts = 1;  ///< the input is cut into as many, each rounded down to the micro batch

  std::int64_t left_out() const { return samples - evaluated; }
  bool complete() const { return evaluated == samples; }
};

/// The IPUs that the script counts as replicas of their own (`batch_counts`).
std::int64_t counted_as_replicas(RuleFacts& facts) {
  const ResolveInput& in = facts.input().in;
  const auto key =
      in.schema.field(AppField::Scripts).find(in.purpose.script).find_text("batch_counts");
  return key ? facts.whole(*key).value_or(1) : 1;
}

class Evaluator {
 public:
  explicit Evaluator(RuleFacts& facts) : most_parts_(facts.field(AppField::ValidationPartsAtMost)) {
    samples_ = facts.whole("validation samples").value_or(0);
    replicas_ = facts.whole("total replicas").value_or(1) * counted_as_replicas(facts);
    instances_ = facts.whole("instances").value_or(1);
    per_call_ = facts.whole(facts.named(AppField::ValidationStepsPerCall)).value_or(0);
    workers_ = facts.whole(facts.named(AppField::ValidationPartsWorkers)).value_or(0);
    in_parts_ =
        instances_ == 1 && workers_ > 0 &&
        all_hold(facts.input().in.schema.condition(facts.field(AppField::ValidationPartsWhen)),
                 facts) == Holds::Yes;
  }

  /// Absent when the batch is larger than the set or overflows.
  std::optional<Evaluation> with(std::int64_t micro_batch) const {
    Evaluation e;
    e.samples = samples_;
    if (__builtin_mul_overflow(micro_batch, replicas_, &e.batch) || e.batch > samples_)
      return std::nullopt;
    const std::int64_t steps = samples_ / e.batch;
    std::int64_t evaluated_steps = steps;
    if (per_call_ > 0 && per_call_ < steps) {
      const std::int64_t each = steps / resolving::round_half_even(steps, per_call_);
      evaluated_steps = steps / each * each;
    }
    e.evaluated = evaluated_steps * e.batch;
    if (in_parts_) {
      const auto said = most_parts_ && most_parts_.type() == ScalarType::Int
                            ? yaml_int(most_parts_.text())
                            : std::nullopt;
      const std::int64_t most = said.value_or(1);
      while (e.parts < most && e.parts * micro_batch < workers_) e.parts *= 2;
      const std::int64_t usable = samples_ / e.parts / micro_batch * micro_batch * e.parts;
      e.evaluated = std::min(e.evaluated, usable);
    }
    return e;
  }

  /// The same on the largest part of the machine whose replicas can share the samples evenly; false
  /// when that is no smaller one.
  bool shrink() {
    std::int64_t replicas = replicas_;
    while (replicas > 1 && samples_ % replicas != 0) replicas /= 2;
    if (replicas == replicas_) return false;
    replicas_ = replicas;
    instances_ = std::min(instances_, replicas_);
    while (samples_ % instances_ != 0 || replicas_ % instances_ != 0) --instances_;
    return true;
  }

  std::int64_t samples() const { return samples_; }
  std::int64_t replicas() const { return replicas_; }

 private:
  Node most_parts_;
  std::int64_t samples_ = 0, replicas_ = 1, instances_ = 1, per_call_ = 0, workers_ = 0;
  bool in_parts_ = false;
};

/// Micro batches that leave none out, the nearest below and above.
std::string complete_batches(const Evaluator& evaluator, std::int64_t micro_batch) {
  std::vector<std::string> found;
  const auto consider = [&](std::int64_t candidate) {
    const auto e = evaluator.with(candidate);
    if (!e || !e->complete()) return false;
    found.push_back(std::to_string(candidate));
    return true;
  };
  // A batch beyond the set evaluates nothing; the bound ends the search in a set beyond all others.
  const std::int64_t largest = std::min(evaluator.samples(), std::int64_t{1} << 20);
  for (std::int64_t n = std::min(micro_batch - 1, largest); n >= 1; --n)
    if (consider(n)) break;
  const std::int64_t most = std::min(largest, std::min(micro_batch, largest) * 8 + 64);
  for (std::int64_t n = micro_batch + 1; n <= most; ++n)
    if (consider(n)) break;
  return join(found, " or ");
}

/// The shards that validation would count as replicas; absent when they are what the purpose fixes.
std::optional<std::int64_t> surplus_shards(const CheckInput& in, RuleFacts& facts) {
  const auto key = in.in.schema.key_of(QuantityName::IpusPerReplica, in.in.purpose.script);
  const Geometry& g = in.geometry;
  if (!key || in.in.schema.replica_spans_stages() || g.launcher != "poprun") return std::nullopt;
  if (!in.in.purpose.node.find("fixed").find(*key) || !g.ipus_per_replica) return std::nullopt;
  const auto count = facts.whole(*key);
  return count && *count > g.ipus_per_replica->value ? count : std::nullopt;
}

}  // namespace

void samples_left_out(const RuleInput& in, Diagnostics& out) {
  if (!in.in.schema.field(AppField::ValidationPurposes).contains(in.in.purpose.name) ||
      !in.geometry.micro_batch || !in.geometry.replicas || in.facts.effective().needs_no_data() ||
      surplus_shards(in, in.facts))
    return;
  Evaluator evaluator(in.facts);
  if (evaluator.samples() < 1) return;
  const Quantity& micro = *in.geometry.micro_batch;
  const auto now = evaluator.with(micro.value);
  if (!now || now->complete()) return;
  // A batch that divides the samples is made of all replicas, so the instances divide them as well.
  std::string message;
  const std::int64_t shards = counted_as_replicas(in.facts);
  if (now->parts > 1)
    message = fmt::format(
        "{} of {} validation samples are left out: the input is cut into {} parts, and each is "
        "rounded down to the micro batch of {}",
        now->left_out(), evaluator.samples(), now->parts, micro.value);
  else
    message = fmt::format("{} of {} validation samples are left out: the batch is {} x {}{} = {}",
                          now->left_out(), evaluator.samples(), micro.value,
                          counted(in.geometry.replicas->value, "replica"),
                          shards > 1 ? fmt::format(" x {} shards", shards) : "", now->batch);
  Diagnostic& d = out.add(FindingId::V003, micro.origin.at, std::move(message));
  if (micro.origin.kind > OriginKind::Derived) d.severity = Severity::Warning;
  if (!is_set(micro.origin)) d.at = in.in.place;
  const auto key = in.facts.effective().key_of(QuantityName::MicroBatch);
  if (!key) return;
  std::string better = complete_batches(evaluator, micro.value);
  if (!better.empty()) {
    d.help = fmt::format("{} {} leaves none out", key->text, better);
    // The words of the command line are for both steps.
    if (in.in.before != nullptr)
      d.help +=
          fmt::format("; for this step alone a job says `steps: {{{}: {{options: {{{}: ...}}}}}}`",
                      in.in.purpose.name, key->text);
  } else if (const std::int64_t now_on = evaluator.replicas(); evaluator.shrink()) {
    better = complete_batches(evaluator, micro.value);
    d.help = fmt::format("no {} does on {}", key->text, counted(now_on, "replica"));
    if (!better.empty())
      d.help += fmt::format("; on {} {} {} leaves none out",
                            counted(evaluator.replicas(), "replica"), key->text, better);
    if (const auto& each = in.geometry.ipus_per_replica; each && !better.empty())
      d.help += fmt::format(" (--ipus {})", evaluator.replicas() * each->value);
  }
}

void shards_count_as_replicas(const RuleInput& in, Diagnostics& out) {
  RuleFacts& facts = in.facts;
  const auto count = surplus_shards(in, facts);
  if (!count) return;
  const Geometry& g = in.geometry;
  const auto key = in.in.schema.key_of(QuantityName::IpusPerReplica, in.in.purpose.script);
  Diagnostic& d = out.add(
      FindingId::V002, facts.find(*key).at,
      fmt::format("{} {} count as replicas here, and a replica has {}: the accuracy comes out "
                  "divided by {}, the throughput multiplied by {}",
                  key->text, *count, counted(g.ipus_per_replica->value, "IPU"), *count, *count));
  const auto samples = facts.whole("validation samples");
  if (samples && g.micro_batch && g.replicas) {
    std::int64_t batch = 0;
    if (!__builtin_mul_overflow(g.micro_batch->value, g.replicas->value, &batch) &&
        !__builtin_mul_overflow(batch, *count, &batch)) {
      // The script counts steps of the larger batch and runs the smaller one.
      const std::int64_t evaluated = *samples / batch * (batch / *count);
      d.message +=
          fmt::format(", and {} of {} samples are left out", *samples - evaluated, *samples);
    }
  }
  d.help = fmt::format("set {} to {}", key->text, g.ipus_per_replica->value);
}

void launcher_overrules(const RuleInput& in, Diagnostics& out) {
  const std::string section = "under_" + std::string(in.geometry.launcher);
  Diagnostics ignored;  // the descriptor's own values are tested with the data
  in.in.purpose.node.find(section).each_pair([&](Node key, Node node) {
    const Setting* set = in.settings.find(key.text());
    const auto required = to_value(node, key.text(), ignored);
    if (set == nullptr || !required || set->origin.kind <= OriginKind::Derived) return;
    if (same_value(set->value, *required)) return;
    out.add(FindingId::V005, set->origin.at,
            fmt::format("{} {} is asked for, and under {} it has to be {}", key.text(),
                        value_text(set->value), in.geometry.launcher, value_text(*required)))
        .help = in.in.schema.purpose("validation") ? "validate afterwards with --purpose validation"
                                                   : "leave it out";
  });
}

}  // namespace ipucnn::checking
