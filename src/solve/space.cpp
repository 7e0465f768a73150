// From a resolved step to the space that its figures lie in.
#include <algorithm>

#include "ipucnn/neighbours.h"
#include "ipucnn/numbers.h"
#include "ipucnn/pipeline_constraint.h"
#include "ipucnn/solve.h"

namespace ipucnn {
namespace {

class SpaceBuilder {
 public:
  SpaceBuilder(const CheckInput& in, std::optional<std::int64_t> accumulation)
      : in_(in),
        settings_(with_accumulation(in, accumulation)),
        effective_(in.in.schema, in.in.purpose.script, settings_),
        given_accumulation_(accumulation) {}

  std::optional<SolveSpace> run() {
    const auto micro = own(QuantityName::MicroBatch);
    const auto accumulation = own(QuantityName::Accumulation);
    const auto replicas = own(QuantityName::Replicas);
    const Geometry& g = in_.geometry;
    SolveSpace space;
    if (g.own_global_batch) {
      space.global_batch = own(QuantityName::GlobalBatch);
      space.asked_global_batch = asked(QuantityName::GlobalBatch);
    }
    if (!micro || !(accumulation || g.own_global_batch) || !replicas || !g.ipus_per_replica)
      return std::nullopt;
    space.micro_batch = *micro;
    space.accumulation = accumulation.value_or(1);
    space.replicas = *replicas;
    space.ipus_per_replica = g.ipus_per_replica->value;
    if (g.available_ipus) space.available_ipus = g.available_ipus->value;
    space.shares_replicas = g.processes == ProcessModel::ShareReplicas;
    space.powers_of_two = space.available_ipus.has_value();
    place_hosts(space);
    space.asked_micro_batch = asked(QuantityName::MicroBatch);
    space.asked_accumulation =
        given_accumulation_ ? given_accumulation_ : asked(QuantityName::Accumulation);
    if (const auto constraint =
            resolving::accumulation_constraint(in_.in.schema, g, effective_.facts());
        constraint && !(space.asked_accumulation && is_met_otherwise(*constraint))) {
      space.multiple = constraint->multiple;
      space.least = constraint->least;
      const auto other = effective_.option(constraint->counts);
      if (other && space.asked_accumulation) space.counts = other->flag;
    }
    space.asked_replicas = asked(QuantityName::Replicas);
    return space;
  }

 private:
  static Settings with_accumulation(const CheckInput& in,
                                    std::optional<std::int64_t> accumulation) {
    Settings settings = in.settings;
    const auto key = in.in.schema.key_of(QuantityName::Accumulation, in.in.purpose.script);
    if (key && accumulation)
      settings.assign(*key, single(std::to_string(*accumulation), {}, ScalarType::Int),
                      {OriginKind::CommandLine, {}, "--accumulation"});
    return settings;
  }

  /// The accumulation that was asked for leaves the demand to another option, which meets it.
  bool is_met_otherwise(const resolving::PipelineConstraint& constraint) {
    if (constraint.counts.empty()) return false;
    const auto found = resolving::quantity_of(effective_.setting(constraint.counts), effective_,
                                              constraint.counts, reported_);
    return found && checking::meets(constraint, found->value);
  }

  void place_hosts(SolveSpace& space) const {
    const Target& target = in_.target.target;
    space.instances_per_host = target.instances_per_host;
    space.most_hosts = target.default_hosts;
    if (const auto known = in_.launch.host_count())
      space.most_hosts = std::min(space.most_hosts, *known);
    const auto said = [](const std::optional<Quantity>& figure) {
      return figure && figure->origin.kind > OriginKind::Derived ? std::optional(figure->value)
                                                                 : std::nullopt;
    };
    if (!space.shares_replicas) return;
    space.asked_hosts = said(in_.geometry.hosts);
    space.asked_ilds = said(in_.geometry.ilds);
    space.asked_instances = said(in_.geometry.instances);
  }

  /// What the preset or the default says, whatever was asked for.
  std::optional<std::int64_t> own(QuantityName name) {
    const auto key = effective_.key_of(name);
    if (!key || in_.in.purpose.lacks(name)) return std::nullopt;
    const auto found = resolving::quantity_of(resolving::own_value(effective_, in_.settings, *key),
                                              effective_, *key, reported_);
    return found ? std::optional(found->value) : std::nullopt;
  }

  std::optional<std::int64_t> asked(QuantityName name) {
    const auto key = effective_.key_of(name);
    if (!key || !resolving::is_asked(in_.settings, *key)) return std::nullopt;
    const auto found =
        resolving::quantity_of(effective_.setting(*key), effective_, *key, reported_);
    return found ? std::optional(found->value) : std::nullopt;
  }

  const CheckInput& in_;
  Settings settings_;
  Effective effective_;
  std::optional<std::int64_t> given_accumulation_;
  Diagnostics reported_;  ///< derive has reported them already
};

}  // namespace

std::optional<SolveSpace> solve_space(const CheckInput& in,
                                      std::optional<std::int64_t> accumulation) {
  return SpaceBuilder(in, accumulation).run();
}

}  // namespace ipucnn
