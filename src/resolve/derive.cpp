// Batches, replicas, IPUs, instances and hosts of one step; what a machine holds is in
// placement.cpp, what the launcher is told in launch_figures.cpp.
#include <fmt/format.h>

#include <algorithm>

#include "ipucnn/numbers.h"
#include "ipucnn/pipeline_constraint.h"
#include "ipucnn/placement.h"
#include "ipucnn/resolve.h"
#include "ipucnn/retarget_policy.h"
#include "resolve/launch_figures.h"

namespace ipucnn {
namespace {

using resolving::is_asked;
using resolving::Keep;
using resolving::launch_figure;
using resolving::nearest_accumulation;
using resolving::product;
using resolving::quantity_of;
using resolving::requested;

class Derivation {
 public:
  Derivation(const ResolveInput& in, const Requests& requests, const Settings& settings,
             const LaunchSettings& launch, const ChosenTarget& target, Diagnostics& out)
      : in_(in),
        requests_(requests),
        settings_(settings),
        launch_(launch),
        target_(target),
        out_(out),
        effective_(in.schema, in.purpose.script, settings) {}

  Geometry run() {
    g_.launcher = resolving::launcher_in_use(in_.purpose, launch_);
    if (const LauncherSpec* launcher = find_launcher(g_.launcher))
      g_.processes = launcher->processes;
    // Everything is in the run that is continued, or in a preset that only the application has.
    if (!in_.purpose.has_figures || resolving::names_unread_preset(in_.schema, settings_)) {
      if (g_.processes == ProcessModel::ShareReplicas) asked_of_launcher();
      return g_;
    }
    g_.micro_batch = value_of(QuantityName::MicroBatch);
    g_.stages = resolving::stage_count(effective_, settings_);
    g_.ipus_per_replica = ipus_per_replica();
    pipeline();
    g_.available_ipus = available_ipus();
    if (g_.processes == ProcessModel::OneReplicaEach) devices();
    replicas();
    accumulation();
    totals();
    layout();
    return g_;
  }

 private:
  /// What the launcher is told in so many words; nothing follows from it where the script's own
  /// figures are not known.
  void asked_of_launcher() {
    instances_asked();
    g_.ipus_per_replica = launch_figure(launch_, "ipus_per_replica", out_);
    g_.ilds = launch_figure(launch_, "ilds", out_);
    const auto key = effective_.key_of(QuantityName::Replicas);
    if (key && is_asked(settings_, *key)) g_.replicas = figure(*key, out_);
  }

  const Setting* in_force(FactName key, std::optional<Setting>& made) const {
    return resolving::in_force(effective_, settings_, key, made);
  }

  std::optional<Quantity> figure(FactName key, Diagnostics& out) const {
    std::optional<Setting> made;
    return quantity_of(in_force(key, made), effective_, key, out);
  }

  std::optional<Quantity> value_of(QuantityName name) {
    const auto key = effective_.key_of(name);
    if (!key || in_.purpose.lacks(name)) return std::nullopt;
    return figure(*key, out_);
  }

  std::optional<Quantity> ipus_per_replica() {
    // Where a purpose does not split the model, the launcher gives each replica what the purpose
    // fixes, whatever the option says.
    if (const auto key = effective_.key_of(QuantityName::IpusPerReplica);
        key && g_.launcher == "poprun") {
      const Node fixed = in_.purpose.node.find("fixed").find(*key);
      const auto count = fixed.is_scalar() ? yaml_int(fixed.text()) : std::nullopt;
      if (count && is_figure(*count))
        return Quantity{*count, {OriginKind::Purpose, fixed.at(), in_.purpose.name}};
    }
    const Binding& bound = effective_.binding(QuantityName::IpusPerReplica);
    if (!resolving::splits_model(effective_))
      return Quantity{1, {OriginKind::AppDefault, bound.when.at(), in_.schema.id()}};
    std::optional<Setting> made;
    if (!bound.mapping.text.empty())
      if (auto mapped = resolving::mapped_ipus(in_force(bound.mapping, made))) return mapped;
    return bound.stages ? g_.stages : value_of(QuantityName::IpusPerReplica);
  }

  void pipeline() {
    if (in_.purpose.lacks(QuantityName::Accumulation) || !g_.stages) return;
    const auto key = in_.schema.pipeline_switch();
    if (key) {
      std::optional<Setting> made;
      const Setting* set = in_force(*key, made);
      const Scalar* scalar = set != nullptr ? set->value.scalar() : nullptr;
      const auto option = effective_.option(*key);
      const auto typed =
          scalar != nullptr && option ? script_value(*scalar, *option, set->origin) : std::nullopt;
      g_.pipelined = typed && is_true(*typed);
    } else {
      g_.pipelined = g_.stages->value > 1;
    }
    const auto schedule_key = effective_.key_of(QuantityName::Schedule);
    if (!g_.pipelined || !schedule_key) return;
    std::optional<Setting> made;
    if (const Setting* schedule = in_force(*schedule_key, made);
        schedule != nullptr && schedule->value.scalar())
      g_.schedule = schedule->value.scalar()->text;
  }

  std::optional<Quantity> available_ipus() {
    if (auto asked = requested(requests_.ipus, "--ipus", out_)) return asked;
    if (!target_.target.ipus) return std::nullopt;
    return Quantity{*target_.target.ipus, target_.origin};
  }

  /// One replica for each process, one process for each device of the hosts in use.
  void devices() {
    hosts();
    instances();
    g_.replicas = g_.instances;
  }

  void replicas() {
    const auto key = effective_.key_of(QuantityName::Replicas);
    if (in_.purpose.lacks(QuantityName::Replicas)) return;
    if (!key) {
      if (!g_.replicas)
        g_.replicas = Quantity{1, {OriginKind::AppDefault, in_.schema.at(), in_.schema.id()}};
      return;
    }
    own_replicas_ = target_.own_replicas;
    if (!own_replicas_) own_replicas_ = resolving::own_replicas(effective_, settings_, out_);
    if (is_asked(settings_, *key)) {
      g_.replicas = figure(*key, out_);
      return;
    }
    if (!g_.available_ipus || g_.processes == ProcessModel::IndependentCopies) {
      g_.replicas = own_replicas_;
      return;
    }
    if (!g_.ipus_per_replica || g_.available_ipus->value % g_.ipus_per_replica->value != 0) return;
    g_.replicas =
        Quantity{g_.available_ipus->value / g_.ipus_per_replica->value,
                 {OriginKind::Derived, g_.available_ipus->origin.at, "IPUs / IPUs per replica"}};
    filled_ = true;
    // What the script would work out itself needs no word.
    if (own_replicas_ && own_replicas_->origin.kind == OriginKind::LateDefault &&
        own_replicas_->value == g_.replicas->value && knows_own_replicas())
      g_.replicas->origin = own_replicas_->origin;
  }

  /// Under a launcher the script spreads the launcher's replicas, which are spread already.
  bool knows_own_replicas() const {
    Diagnostics ignored;  // reported where the IPUs were counted
    return g_.processes == ProcessModel::One ||
           resolving::own_ipus_of_model(effective_, settings_, ignored) ==
               g_.ipus_per_replica->value;
  }

  void accumulation() {
    const auto key = effective_.key_of(QuantityName::Accumulation);
    if (!key || in_.purpose.lacks(QuantityName::Accumulation)) {
      // Then the batch is what all replicas take at once.
      if (const auto wanted = requested(requests_.global_batch, "--global-batch", out_))
        hold_to(*wanted, batch_factor());
      return;
    }
    const auto current = figure(*key, out_);
    auto wanted = requested(requests_.global_batch, "--global-batch", out_);
    if (const auto batch = effective_.key_of(QuantityName::GlobalBatch);
        batch && settings_.find(*key) == nullptr) {
      if (wanted && is_asked(settings_, *batch)) report_two_batches(*wanted, *batch);
      if (!wanted) wanted = figure(*batch, out_);
      g_.own_global_batch = wanted;
    }
    if (is_asked(settings_, *key)) {
      g_.accumulation = current;
      if (wanted && current) hold_to(*wanted, current->value);
      return;
    }
    if (wanted) {
      if (!follows_replicas(*wanted)) solve_accumulation(*wanted);
      return;
    }
    g_.accumulation = current;
    const Keep keep = kept();
    if (!filled_ || !current || !own_replicas_ || own_replicas_->value == g_.replicas->value)
      return;
    retarget(*current, keep);
  }

  /// The figure of ours and the script's own option ask for the same.
  void report_two_batches(const Quantity& wanted, FactName key) {
    const auto own = figure(key, out_);
    if (!own || own->value == wanted.value) return;
    Diagnostic& d = out_.add(FindingId::B004, wanted.origin.at,
                             fmt::format("the global batch is asked for as {} and, by {}, as {}",
                                         wanted.value, key.text, own->value));
    d.notes.push_back({fmt::format("{} is set here", key.text), own->origin.at});
    d.help = "leave one of the two out";
  }

  /// Whether --keep makes the preset's own global batch another one on these replicas.
  bool follows_replicas(const Quantity& batch) {
    if (!g_.own_global_batch || batch.origin.kind > OriginKind::Derived || !filled_ ||
        !g_.micro_batch || !own_replicas_ || own_replicas_->value == g_.replicas->value)
      return false;
    const auto once = product({g_.micro_batch->value, own_replicas_->value});
    const Keep keep = kept();
    if (keep == Keep::GlobalBatch || !once || batch.value % *once != 0) return false;
    const Quantity before{batch.value / *once, batch.origin};
    g_.accumulation = before;
    retarget(before, keep);
    const auto now =
        !g_.accumulation
            ? std::nullopt
            : product({g_.micro_batch->value, g_.accumulation->value, g_.replicas->value});
    if (now)
      g_.own_global_batch =
          Quantity{*now, {OriginKind::Derived, requests_.keep->at, "what --keep leaves as it is"}};
    return true;
  }

  Keep kept() {
    if (!requests_.keep) return Keep::GlobalBatch;
    if (const auto keep = resolving::parse_keep(requests_.keep->text)) return *keep;
    out_.add(FindingId::K013, requests_.keep->at,
             fmt::format("'{}' is no choice of --keep", requests_.keep->text))
        .help = "one of global-batch, micro-batch, accumulation";
    return Keep::GlobalBatch;
  }

  /// Both were asked for, so that neither gives way.
  void hold_to(const Quantity& wanted, std::int64_t times) {
    if (!g_.micro_batch || !g_.replicas) return;
    const auto batch = product({g_.micro_batch->value, times, g_.replicas->value});
    if (batch && *batch != wanted.value) g_.unmet_global_batch = wanted;
  }

  void solve_accumulation(const Quantity& wanted) {
    if (!g_.micro_batch || !g_.replicas) return;
    const auto once = product({g_.micro_batch->value, g_.replicas->value});
    if (!once) {
      g_.overflow = wanted.origin.at;
    } else if (wanted.value % *once != 0) {
      g_.unmet_global_batch = wanted;
      // What the script makes of it, for whoever allows that.
      const std::int64_t rounded = resolving::round_half_even(wanted.value, *once);
      if (g_.own_global_batch && rounded > 0)
        g_.accumulation = Quantity{rounded,
                                   {OriginKind::Derived, wanted.origin.at,
                                    "global batch asked for, rounded by the script"}};
    } else {
      g_.accumulation = Quantity{wanted.value / *once,
                                 {OriginKind::Derived, wanted.origin.at, "global batch asked for"}};
    }
  }

  /// Accumulation x replicas stays, so the global batch does; unless something else is kept.
  void retarget(const Quantity& current, Keep keep) {
    const auto kept = product({current.value, own_replicas_->value});
    if (!kept) {
      g_.overflow = current.origin.at;
      g_.accumulation.reset();
      return;
    }
    const std::int64_t now = g_.replicas->value;
    g_.retarget = Geometry::Retarget{current, *own_replicas_, *kept, *kept % now == 0,
                                     keep != Keep::GlobalBatch};
    if (keep == Keep::Accumulation) return;
    g_.accumulation.reset();
    if (keep == Keep::MicroBatch) {
      const auto constraint =
          resolving::accumulation_constraint(in_.schema, g_, effective_.facts());
      g_.accumulation = Quantity{nearest_accumulation(constraint, *kept, now),
                                 {OriginKind::Derived, g_.replicas->origin.at,
                                  "the legal one nearest to the preset's global batch"}};
      return;
    }
    if (g_.retarget->divides)
      g_.accumulation = Quantity{*kept / now,
                                 {OriginKind::Derived, g_.replicas->origin.at,
                                  "global batch kept on another number of replicas"}};
  }

  void totals() {
    if (g_.replicas && g_.ipus_per_replica) {
      const auto ipus = product({g_.replicas->value, g_.ipus_per_replica->value});
      if (ipus)
        g_.ipus = Quantity{
            *ipus, {OriginKind::Derived, g_.replicas->origin.at, "replicas x IPUs per replica"}};
      else
        g_.overflow = g_.replicas->origin.at;
    }
    const bool counts = effective_.key_of(QuantityName::Accumulation) &&
                        !in_.purpose.lacks(QuantityName::Accumulation);
    if (!g_.micro_batch || !g_.replicas || (counts && !g_.accumulation)) return;
    const auto batch = product({g_.micro_batch->value, counts ? g_.accumulation->value : 1,
                                g_.replicas->value, batch_factor()});
    if (batch)
      g_.global_batch = Quantity{*batch,
                                 {OriginKind::Derived, g_.micro_batch->origin.at,
                                  "micro batch x accumulation x replicas"}};
    else
      g_.overflow = g_.micro_batch->origin.at;
  }

  /// What the script multiplies its batch by besides, the descriptor's `batch_counts`: a script
  /// that does not split the model takes the IPUs of a replica for so many replicas.
  std::int64_t batch_factor() {
    const Node script = in_.schema.field(AppField::Scripts).find(in_.purpose.script);
    const auto key = script.find_text("batch_counts");
    if (!key) return 1;
    Diagnostics ignored;  // the IPUs of a replica report it
    const auto counted = figure(*key, ignored);
    return counted ? counted->value : 1;
  }

  void layout() {
    if (g_.processes == ProcessModel::OneReplicaEach) return;
    if (g_.processes == ProcessModel::IndependentCopies) copies();
    if (g_.processes == ProcessModel::One) {
      const Origin alone{OriginKind::Derived, target_.origin.at, "one process"};
      g_.instances = g_.hosts = g_.ilds = Quantity{1, alone};
      return;
    }
    if (!g_.ipus) return;
    hosts();
    g_.ilds = domains();
    if (g_.processes == ProcessModel::ShareReplicas) instances();
  }

  /// As many processes as the IPUs hold; what was counted so far is one of them.
  void copies() {
    instances_asked();
    if (!g_.ipus) return;
    if (!g_.instances && g_.available_ipus && g_.available_ipus->value >= g_.ipus->value)
      g_.instances =
          Quantity{g_.available_ipus->value / g_.ipus->value,
                   {OriginKind::Derived, g_.available_ipus->origin.at, "IPUs / IPUs of a process"}};
    if (!g_.instances) return;
    const auto all = product({g_.ipus->value, g_.instances->value});
    if (!all) g_.overflow = g_.instances->origin.at;
    g_.ipus.reset();
    if (all)
      g_.ipus = Quantity{
          *all, {OriginKind::Derived, g_.instances->origin.at, "processes x IPUs of a process"}};
  }

  void hosts() {
    if ((g_.hosts = requested(requests_.hosts, "--hosts", out_)) || requests_.hosts) return;
    std::int64_t count = target_.target.default_hosts;
    if (g_.ipus) count = resolving::hosts_in_use(g_.ipus->value, count);
    if (const auto known = launch_.host_count()) count = std::min(count, *known);
    g_.hosts = Quantity{count, {OriginKind::Derived, target_.origin.at, "hosts of the target"}};
  }

  Quantity domains() const {
    if (const auto asked = launch_figure(launch_, "ilds", out_)) return *asked;
    return {resolving::ilds_in_use(g_.ipus->value),
            {OriginKind::Derived, g_.ipus->origin.at, "IPUs / 64"}};
  }

  /// True when somebody gave the number, even where it is no number.
  bool instances_asked() {
    if ((g_.instances = requested(requests_.instances, "--instances", out_)) || requests_.instances)
      return true;
    g_.instances = launch_figure(launch_, "instances", out_);
    return g_.instances.has_value();
  }

  void instances() {
    if (instances_asked() || !g_.hosts) return;
    if (g_.processes == ProcessModel::OneReplicaEach) {
      const auto devices =
          product({target_.target.instances_per_host.value_or(1), g_.hosts->value});
      if (devices)
        g_.instances =
            Quantity{*devices, {OriginKind::Derived, target_.origin.at, "devices of the target"}};
      return;
    }
    const std::int64_t most = resolving::most_instances(g_.replicas->value, g_.hosts->value,
                                                        target_.target.instances_per_host);
    const auto largest =
        resolving::largest_instances(most, g_.replicas->value, g_.hosts->value, g_.ilds->value);
    if (!largest) {
      g_.most_instances = most;
      return;
    }
    g_.instances = Quantity{*largest,
                            {OriginKind::Derived, g_.replicas->origin.at,
                             "largest divisor of the replicas that fits the hosts"}};
  }

  const ResolveInput& in_;
  const Requests& requests_;
  const Settings& settings_;
  const LaunchSettings& launch_;
  const ChosenTarget& target_;
  Diagnostics& out_;
  Effective effective_;
  Geometry g_;
  std::optional<Quantity> own_replicas_;
  bool filled_ = false;
};

}  // namespace

Geometry derive(const ResolveInput& in, const Requests& requests, const Settings& settings,
                const LaunchSettings& launch, const ChosenTarget& target, Diagnostics& out) {
  return Derivation(in, requests, settings, launch, target, out).run();
}

}  // namespace ipucnn
