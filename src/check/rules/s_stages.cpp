// Family S: pipeline stages, the layers they begin at, and the memory proportions of each.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "check/layers.h"
#include "check/partition.h"
#include "check/rule_facts.h"
#include "check/rules.h"

namespace ipucnn::checking {
namespace {

bool trains(const CheckInput& in) { return !in.in.purpose.lacks(QuantityName::Accumulation); }

/// What a model split over several IPUs needs: stages of its own number. Applications whose
/// replicas span exactly their stages cannot get this wrong.
bool counts_both(const CheckInput& in) {
  const Geometry& g = in.geometry;
  return trains(in) && !in.in.schema.replica_spans_stages() && g.stages && g.ipus_per_replica;
}

/// Whether the model is cut into stages at all.
bool builds_stages(const RuleInput& in) {
  return counts_both(in) && in.geometry.pipelined && !in.facts.ends_before_graph();
}

Span splits_place(const CheckInput& in, const Geometry& g) {
  return g.stages->value > 1 ? g.stages->origin.at
         : g.ipus_per_replica->origin.at.line > 0 && is_set(g.ipus_per_replica->origin)
             ? g.ipus_per_replica->origin.at
             : in.in.place;
}

std::string splits_text(std::int64_t count) {
  return count == 0 ? "there are none"
                    : fmt::format("there {} {}", count == 1 ? "is" : "are", count);
}

/// The splits of a pipeline; null when they are no list.
const Setting* splits_of(const RuleInput& in) {
  const auto key = in.in.schema.key_of(QuantityName::Splits, in.in.purpose.script);
  if (!key || !in.geometry.pipelined || in.facts.ends_before_graph()) return nullptr;
  const Setting* splits = in.facts.setting(*key);
  return splits != nullptr && splits->value.is_list ? splits : nullptr;
}

/// The one schedule under which stages share an IPU; absent where there is no such thing.
std::optional<std::string_view> sharing_schedule(const CheckInput& in) {
  return in.in.schema.named(AppField::StagesShareAnIpu);
}

}  // namespace

bool stages_in_doubt(const RuleInput& in) {
  const Geometry& g = in.geometry;
  if (!counts_both(in) || !g.pipelined) return false;
  if (g.ipus_per_replica->value > 1) return g.stages->value != g.ipus_per_replica->value;
  const auto only = sharing_schedule(in);
  return g.stages->value < 2 || (only && g.schedule != *only);
}

void splits_missing(const RuleInput& in, Diagnostics& out) {
  if (!builds_stages(in)) return;
  const Geometry& g = in.geometry;
  const std::int64_t ipus = g.ipus_per_replica->value;
  const std::int64_t splits = g.stages->value - 1;
  if (splits > 0 && (ipus == 1 || splits == ipus - 1)) return;
  const std::string needed = ipus > 1 ? fmt::format("{} a replica need {}", counted(ipus, "IPU"),
                                                    counted(ipus - 1, "pipeline split"))
                                      : std::string("the pipeline needs at least 1 split");
  Diagnostic& d = out.add(FindingId::S001, splits_place(in, g),
                          fmt::format("{}, and {}", needed, splits_text(splits)));
  if (splits > 0 && is_set(g.ipus_per_replica->origin))
    d.notes.push_back({"the IPUs of a replica are set here", g.ipus_per_replica->origin.at});
  const auto key = in.in.schema.key_of(QuantityName::Splits, in.in.purpose.script);
  d.help =
      fmt::format("name {} in {}", ipus > 1 ? counted(ipus - 1, "layer") : std::string("a layer"),
                  key.value_or("the splits").text);
}

void unknown_layer(const RuleInput& in, Diagnostics& out) {
  const Setting* splits = splits_of(in);
  if (splits == nullptr) return;
  const std::vector<std::string>& layers = in.facts.layers().names;
  if (layers.empty()) return;
  for (const Scalar& item : splits->value.items) {
    if (std::find(layers.begin(), layers.end(), item.text) != layers.end()) continue;
    out.add(FindingId::S002, item.at,
            fmt::format("the model has no layer '{}' at which a stage could begin", item.text))
        .help = near_layers(item.text, layers);
  }
}

void layers_out_of_order(const RuleInput& in, Diagnostics& out) {
  const Setting* splits = splits_of(in);
  if (splits == nullptr) return;
  const std::vector<std::string>& layers = in.facts.layers().names;
  if (layers.empty() || !in.facts.layers().in_order) return;
  std::ptrdiff_t last = -1;
  const Scalar* before = nullptr;
  for (const Scalar& item : splits->value.items) {
    const auto found = std::find(layers.begin(), layers.end(), item.text);
    if (found == layers.end()) continue;
    const std::ptrdiff_t place = found - layers.begin();
    if (before != nullptr && place <= last) {
      out.add(FindingId::S003, item.at,
              place == last
                  ? fmt::format("'{}' stands twice among the splits", item.text)
                  : fmt::format("'{}' comes before '{}' in the model, so the stage before it runs "
                                "to the end of the network",
                                item.text, before->text))
          .help = "put the splits into the order of the model";
      return;
    }
    last = place;
    before = &item;
  }
}

void stages_share_an_ipu(const RuleInput& in, Diagnostics& out) {
  if (!builds_stages(in)) return;
  const Geometry& g = in.geometry;
  const auto only = sharing_schedule(in);
  if (!only || g.ipus_per_replica->value != 1 || g.stages->value < 2 || g.schedule == *only) return;
  RuleFacts& facts = in.facts;
  const auto schedule =
      in.in.schema.key_of(QuantityName::Schedule, in.in.purpose.script).value_or("");
  const auto each =
      in.in.schema.key_of(QuantityName::IpusPerReplica, in.in.purpose.script).value_or("");
  const auto splits = in.in.schema.key_of(QuantityName::Splits, in.in.purpose.script).value_or("");
  Diagnostic& d = out.add(FindingId::S006, facts.place({schedule, each, splits}),
                          fmt::format("{} spreads {} stages over {} IPUs, and a replica has 1",
                                      g.schedule, g.stages->value, g.stages->value));
  d.help = fmt::format("use {} {}, or {} {}", schedule.text, *only, each.text, g.stages->value);
}

void memory_proportions_do_not_fit(const RuleInput& in, Diagnostics& out) {
  const Node block = in.in.schema.field(AppField::MemoryProportions);
  const auto key = block.find_text("option");
  const Geometry& g = in.geometry;
  if (!key || !g.stages || !trains(in)) return;
  const Setting* set = in.facts.setting(*key);
  if (set == nullptr || !set->value.is_list || set->value.items.empty()) return;
  const auto count = static_cast<std::int64_t>(set->value.items.size());
  const bool several = count > 1;
  if (!several && !block.find_bool("only_with_stages", false)) return;
  const bool staged = g.pipelined && g.stages->value > 1;
  if (!staged) {
    out.add(FindingId::S004, set->origin.at,
            fmt::format("{} of {} {} a pipeline, and there is none", counted(count, "value"), *key,
                        count == 1 ? "needs" : "need"))
        .help = several ? "give one value" : fmt::format("leave {} out", *key);
    return;
  }
  if (!several) return;
  const std::int64_t each = block.find_int("per_stage").value_or(1);
  const bool shared = !in.in.schema.replica_spans_stages() && g.ipus_per_replica &&
                      g.ipus_per_replica->value != g.stages->value;
  const std::int64_t needed = each * g.stages->value;
  if (count == needed && !shared) return;
  Diagnostic& d = out.add(
      FindingId::S004, set->origin.at,
      shared
          ? fmt::format("{} values of {} need {} IPUs a replica, and there {} {}", count, *key,
                        g.stages->value, g.ipus_per_replica->value == 1 ? "is" : "are",
                        g.ipus_per_replica->value)
          : fmt::format("{} values of {} for {} stages, which need {}{}", count, *key,
                        g.stages->value, needed, each == 1 ? "" : fmt::format(" ({} each)", each)));
  d.help = shared ? "give one value" : fmt::format("give 1 value or {}", needed);
}

void memory_proportion_not_a_word(const RuleInput& in, Diagnostics& out) {
  const Node block = in.in.schema.field(AppField::MemoryProportions);
  const auto key = block.find_text("option");
  if (!key || !block.find_bool("words", false) || !trains(in) || in.facts.ends_before_graph())
    return;
  const Setting* set = in.facts.setting(*key);
  if (set == nullptr || !set->value.is_list || set->value.items.size() < 2) return;
  // What stands on the command line comes as words, whatever it was in a file.
  if (in.flat || in.in.writes_preset_out || !is_of_preset(set->origin.kind)) return;
  for (const Scalar& item : set->value.items) {
    if (item.type == ScalarType::String) continue;
    out.add(FindingId::S005, item.at,
            fmt::format("{} of a stage is the number {}, and the framework takes words only", *key,
                        item.text))
        .help = fmt::format("write '{}', in quotes, and the others so too", item.text);
    return;
  }
}

}  // namespace ipucnn::checking
