// Family B: batches and gradient accumulation.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/text.h"
#include "check/partition.h"
#include "check/rule_facts.h"
#include "check/rules.h"
#include "ipucnn/neighbours.h"
#include "ipucnn/numbers.h"
#include "ipucnn/retarget_policy.h"

namespace ipucnn::checking {
namespace {

/// "gradient accumulation 32 (global batch 2560)" for a legal neighbour.
std::string with_global_batch(const CheckInput& in, std::int64_t accumulation) {
  const Geometry& g = in.geometry;
  std::int64_t batch = accumulation;
  const bool known = g.micro_batch && g.replicas &&
                     !__builtin_mul_overflow(batch, g.micro_batch->value, &batch) &&
                     !__builtin_mul_overflow(batch, g.replicas->value, &batch);
  return known ? fmt::format("{} (global batch {})", accumulation, batch)
               : std::to_string(accumulation);
}

std::string neighbours_help(const CheckInput& in, const checking::Neighbours& near) {
  if (near.below < 1)
    return "the nearest legal accumulation is " + with_global_batch(in, near.above);
  return fmt::format("the nearest legal accumulations are {} and {}",
                     with_global_batch(in, near.below), with_global_batch(in, near.above));
}

/// A preset with other replicas than its own.
struct Move {
  std::int64_t accumulation = 0;  ///< the preset's
  std::int64_t replicas = 0;      ///< the preset's
  Span at;                        ///< what asks for the change
};

/// Replicas typed by the user: nothing else gives way, so the global batch does.
std::optional<Move> typed_replicas(const RuleInput& in) {
  const Effective& effective = in.facts.effective();
  const auto key = effective.key_of(QuantityName::Replicas);
  const Geometry& g = in.geometry;
  if (!key || !g.replicas || !g.accumulation || in.requests.global_batch || g.own_global_batch)
    return std::nullopt;
  const Setting* set = in.facts.setting(*key);
  const auto accumulation = effective.key_of(QuantityName::Accumulation);
  if (set == nullptr || set->origin.kind != OriginKind::CommandLine || in.in.preset == nullptr ||
      resolving::is_asked(in.settings, accumulation.value_or("")))
    return std::nullopt;
  Diagnostics ignored;  // reported where the figures were worked out
  const auto own = resolving::quantity_of(resolving::own_value(effective, in.settings, *key),
                                          effective, *key, ignored);
  if (!own || !is_set(own->origin) || own->value == g.replicas->value) return std::nullopt;
  return Move{g.accumulation->value, own->value, set->origin.at};
}

std::optional<Move> move_of(const RuleInput& in) {
  const auto& keep = in.requests.keep;
  if (!keep) return typed_replicas(in);
  const auto& moved = in.geometry.retarget;
  if (!moved || !resolving::parse_keep(keep->text)) return std::nullopt;  // a word that was refused
  return Move{moved->accumulation.value, moved->replicas.value, keep->at};
}

}  // namespace

void accumulation_does_not_divide(const RuleInput& in, Diagnostics& out) {
  const auto& moved = in.geometry.retarget;
  if (!moved || moved->divides || moved->batch_moves || !in.geometry.replicas ||
      fits_no_partition(in))
    return;
  const std::int64_t replicas = in.geometry.replicas->value;
  Diagnostic& d = out.add(
      FindingId::B001, in.geometry.replicas->origin.at,
      fmt::format("the global batch cannot be kept on {} replicas: accumulation {} x {} replicas = "
                  "{} is not a multiple of {}",
                  replicas, moved->accumulation.value, moved->replicas.value, moved->product,
                  replicas));
  d.notes.push_back({"the preset's accumulation", moved->accumulation.origin.at});
  d.notes.push_back({"the preset's replicas", moved->replicas.origin.at});
  const checking::Neighbours near = checking::legal_neighbours(in, moved->product, replicas);
  d.help = neighbours_help(in, near) + "; set it, or --global-batch";
}

void accumulation_breaks_pipeline(const RuleInput& in, Diagnostics& out) {
  const Geometry& g = in.geometry;
  if (!g.pipelined || !g.accumulation || !g.stages || stages_in_doubt(in)) return;
  if (in.facts.ends_before_graph()) return;
  if (g.retarget && fits_no_partition(in)) return;
  const auto constraint = checking::accumulation_constraint(in);
  if (!constraint) return;
  std::int64_t count = g.accumulation->value;
  Span place = is_set(g.accumulation->origin) ? g.accumulation->origin.at : g.stages->origin.at;
  std::string_view name = "gradient accumulation";
  if (!constraint->counts.empty()) {
    const auto value = in.facts.whole(constraint->counts);
    if (!value) return;
    const Fact& fact = in.facts.find(constraint->counts);
    count = *value;
    place = is_set(fact.kind) ? fact.at : g.stages->origin.at;
    name = constraint->counts;
  }
  if (checking::meets(*constraint, count)) return;
  const std::string where = g.schedule.empty()
                                ? fmt::format("{} stages", g.stages->value)
                                : fmt::format("{}, {} stages", g.schedule, g.stages->value);
  const bool too_small = count < constraint->least;
  Diagnostic& d = out.add(
      FindingId::B002, place,
      too_small ? fmt::format("{} {} is below {} ({})", name, count, constraint->least, where)
                : fmt::format("{} {} is not a multiple of {} ({})", name, count,
                              constraint->multiple, where));
  if (g.retarget && !g.retarget->batch_moves)
    d.notes.push_back({fmt::format("{} is what keeps the global batch: {} x {} replicas on {}",
                                   g.accumulation->value, g.retarget->accumulation.value,
                                   g.retarget->replicas.value, g.replicas->value),
                       g.retarget->accumulation.origin.at});
  d.notes.push_back({fmt::format("{} {} {} stages", counted(g.stages->value - 1, "pipeline split"),
                                 g.stages->value == 2 ? "makes" : "make", g.stages->value),
                     g.stages->origin.at});
  d.help = constraint->counts.empty()
               ? neighbours_help(in, checking::legal_neighbours(in, g.accumulation->value, 1))
               : fmt::format("use at least {}, or a gradient accumulation of at least as much",
                             constraint->least);
}

void batch_on_another_machine(const RuleInput& in, Diagnostics& out) {
  const Geometry& g = in.geometry;
  const auto moved = move_of(in);
  if (!moved || !g.micro_batch || !g.accumulation || !g.global_batch) return;
  const std::int64_t before = moved->accumulation;
  const std::int64_t now = g.accumulation->value;
  const auto batch = resolving::product({g.micro_batch->value, before, moved->replicas});
  if (!batch) return;
  const std::int64_t global = g.global_batch->value;
  Diagnostic& d = out.add(
      FindingId::B022, moved->at,
      fmt::format("{} in place of {}: {}, {}", counted(g.replicas->value, "replica"),
                  moved->replicas,
                  now == before ? fmt::format("the accumulation stays {}", now)
                                : fmt::format("accumulation {} becomes {}", before, now),
                  *batch == global ? fmt::format("the global batch stays {}", global)
                                   : fmt::format("global batch {} becomes {}", *batch, global)));
  if (*batch == global) return;
  std::vector<std::string> help;
  const std::int64_t product = before * moved->replicas;  // a part of `batch`
  if (!in.requests.keep && product % g.replicas->value == 0)
    help.push_back(
        fmt::format("an accumulation of {} keeps the global batch", product / g.replicas->value));
  const FactName fixed = in.facts.named(AppField::LearningRateFixed);
  const FactName scaled = in.facts.named(AppField::LearningRateScaled);
  if (in.facts.find(fixed).known())
    help.push_back(fmt::format("{} does not follow the global batch: choose it anew", fixed.text));
  else if (in.facts.find(scaled).known())
    help.push_back(fmt::format("the learning rate follows the global batch ({})", scaled.text));
  d.help = join(help, "; ");
}

void number_too_large(const RuleInput& in, Diagnostics& out) {
  if (!in.geometry.overflow) return;
  out.add(FindingId::B003, *in.geometry.overflow, "the batch arithmetic leaves 64 bits here").help =
      "use smaller factors";
}

void global_batch_does_not_divide(const RuleInput& in, Diagnostics& out) {
  const Geometry& g = in.geometry;
  if (!g.unmet_global_batch || !g.micro_batch || !g.replicas) return;
  const std::int64_t wanted = g.unmet_global_batch->value;
  std::int64_t once = 0;
  if (__builtin_mul_overflow(g.micro_batch->value, g.replicas->value, &once)) return;
  if (g.accumulation && g.global_batch && g.accumulation->origin.kind > OriginKind::Derived) {
    Diagnostic& d = out.add(
        FindingId::B004, g.unmet_global_batch->origin.at,
        fmt::format("micro batch {} x accumulation {} x {} are a global batch of {}, not {}",
                    g.micro_batch->value, g.accumulation->value,
                    counted(g.replicas->value, "replica"), g.global_batch->value, wanted));
    d.notes.push_back({"the accumulation is asked for here", g.accumulation->origin.at});
    d.help = "leave one of the two out, and it follows from the other";
    return;
  }
  if (!g.accumulation && g.global_batch) {
    Diagnostic& d = out.add(
        FindingId::B004, g.unmet_global_batch->origin.at,
        fmt::format("{} accumulates nothing: micro batch {} x {} are {} samples at once, not {}",
                    in.in.purpose.program, g.micro_batch->value,
                    counted(g.replicas->value, "replica"), g.global_batch->value, wanted));
    const std::int64_t others = g.global_batch->value / g.micro_batch->value;
    d.help =
        wanted % others == 0
            ? fmt::format("a micro batch of {} makes it so", wanted / others)
            : fmt::format("give a multiple of {}, and the micro batch that makes it so", others);
    return;
  }
  Diagnostic& d =
      out.add(FindingId::B004, g.unmet_global_batch->origin.at,
              fmt::format("the global batch {} is not a multiple of micro batch {} x {} "
                          "replicas = {}",
                          wanted, g.micro_batch->value, g.replicas->value, once));
  d.help = neighbours_help(in, checking::legal_neighbours(in, wanted, once));
}

/// An application that takes either the accumulation or the global batch refuses both.
void batch_given_twice(const RuleInput& in, Diagnostics& out) {
  const Effective& effective = in.facts.effective();
  const auto batch = effective.key_of(QuantityName::GlobalBatch);
  const auto accumulation = effective.key_of(QuantityName::Accumulation);
  if (!batch || !accumulation) return;
  const Setting* one = in.facts.setting(*batch);
  const Setting* other = in.facts.setting(*accumulation);
  if (one == nullptr || other == nullptr || one->value.scalar() == nullptr ||
      other->value.scalar() == nullptr || one->value.scalar()->type == ScalarType::Null ||
      other->value.scalar()->type == ScalarType::Null)
    return;
  const bool later = one->origin.kind > other->origin.kind;
  Diagnostic& d = out.add(FindingId::K061, (later ? one : other)->origin.at,
                          fmt::format("{} {} excludes {} {}", batch->text, value_text(one->value),
                                      accumulation->text, value_text(other->value)));
  d.notes.push_back({fmt::format("{} is set here", later ? accumulation->text : batch->text),
                     (later ? other : one)->origin.at});
  d.help = fmt::format("leave out {} or {}", batch->text, accumulation->text);
}

}  // namespace ipucnn::checking
