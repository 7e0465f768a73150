// Every way to fill a machine, by trying: the space is small once the global batch is known.
#include "ipucnn/solve.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "ipucnn/numbers.h"
#include "ipucnn/placement.h"

namespace ipucnn {
namespace {

using resolving::divisors;
using resolving::hosts_in_use;
using resolving::ilds_in_use;
using resolving::instances_fit;
using resolving::is_power_of_two;
using resolving::most_instances;
using resolving::product;

/// Beyond it the divisors of a batch are too many to try, and no run is near it.
constexpr std::int64_t kMost = (std::int64_t{1} << 31) - 1;

/// No machine has as many.
constexpr std::int64_t kMostReplicas = std::int64_t{1} << 16;

/// How far a figure is from another, as an exact factor.
struct Factor {
  std::int64_t larger;
  std::int64_t smaller;

  friend bool operator<(const Factor& a, const Factor& b) {
    return a.larger * b.smaller < b.larger * a.smaller;
  }
};

Factor distance(std::int64_t a, std::int64_t b) {
  // An answer never exceeds kMost, so that nothing is lost, and products of two stay in 64 bits.
  return {std::min(std::max(a, b), kMost), std::min({a, b, kMost})};
}

/// Figures of a step before its instances are chosen.
struct Candidate {
  std::int64_t micro_batch = 1;
  std::int64_t accumulation = 1;
  std::int64_t replicas = 1;
  std::int64_t global_batch = 1;
};

class Search {
 public:
  explicit Search(const SolveSpace& space) : space_(space) {}

  /// One relation after the other; the first that leaves nothing is the one to name.
  Solution run() {
    Solution solution;
    const std::vector<std::int64_t> replicas = replica_counts(solution.violated);
    if (solution.violated) return solution;
    std::vector<Candidate> left;
    for (const std::int64_t n : replicas) add_batches(n, left);
    if (left.empty()) {
      solution.violated = Relation::Batch;
      return solution;
    }
    std::erase_if(left, [&](const Candidate& c) { return !meets_constraint(c.accumulation); });
    if (left.empty()) {
      solution.violated = Relation::Accumulation;
      return solution;
    }
    for (const Candidate& c : left) add_placements(c, solution.answers);
    if (solution.answers.empty()) solution.violated = Relation::Instances;
    rank(solution.answers);
    return solution;
  }

  /// Replica counts that some partition holds.
  std::vector<std::int64_t> replica_counts(std::optional<Relation>& violated) const {
    std::vector<std::int64_t> counts;
    if (space_.asked_replicas)
      counts = {*space_.asked_replicas};
    else if (!space_.available_ipus)
      counts = {space_.replicas};
    else
      for (std::int64_t n = 1;
           n <= std::min(*space_.available_ipus / space_.ipus_per_replica, kMostReplicas); ++n)
        counts.push_back(n);
    std::erase_if(counts, [&](std::int64_t n) {
      const auto ipus = product({n, space_.ipus_per_replica});
      return !ipus || (space_.available_ipus && *ipus > *space_.available_ipus);
    });
    if (counts.empty()) violated = Relation::Room;
    if (counts.empty() || !space_.powers_of_two) return counts;
    std::erase_if(counts,
                  [&](std::int64_t n) { return !is_power_of_two(n * space_.ipus_per_replica); });
    if (counts.empty()) violated = Relation::PowerOfTwo;
    return counts;
  }

  void add_placements(const Candidate& c, std::vector<Answer>& answers) const {
    Answer answer{
        c.micro_batch, c.accumulation, c.replicas, 1, 1, 1, c.replicas * space_.ipus_per_replica,
        c.global_batch};
    if (!space_.shares_replicas) {
      if (space_.asked_instances.value_or(1) == 1) answers.push_back(answer);
      return;
    }
    answer.hosts = space_.asked_hosts.value_or(hosts_in_use(answer.ipus, space_.most_hosts));
    answer.ilds = space_.asked_ilds.value_or(ilds_in_use(answer.ipus));
    const std::int64_t most = most_instances(c.replicas, answer.hosts, space_.instances_per_host);
    for (const std::int64_t n : divisors(c.replicas)) {
      if (space_.asked_instances ? n != *space_.asked_instances : n > most) continue;
      answer.instances = n;
      if (instances_fit(n, c.replicas, answer.hosts, answer.ilds)) answers.push_back(answer);
    }
  }

  bool meets_constraint(std::int64_t accumulation) const {
    return accumulation >= space_.least && accumulation % space_.multiple == 0;
  }

  /// The global batch to be met when micro batch and accumulation do not decide on it.
  std::optional<std::int64_t> wanted_batch() const {
    if (space_.asked_global_batch) return space_.asked_global_batch;
    if (space_.asked_micro_batch && space_.asked_accumulation) return std::nullopt;
    return preset_batch();
  }

  std::optional<std::int64_t> preset_batch() const {
    if (space_.global_batch) return space_.global_batch;
    return product({space_.micro_batch, space_.accumulation, space_.replicas});
  }

 private:
  void add_batches(std::int64_t replicas, std::vector<Candidate>& out) const {
    const auto& micro = space_.asked_micro_batch;
    const auto& accumulation = space_.asked_accumulation;
    if (micro.value_or(1) < 1 || replicas < 1) return;
    const auto wanted = micro && accumulation && !space_.asked_global_batch
                            ? product({*micro, *accumulation, replicas})
                            : wanted_batch();
    if (!wanted || *wanted > kMost || *wanted % replicas != 0) return;
    const std::int64_t passes = *wanted / replicas;  // micro batch x accumulation
    const auto add = [&](std::int64_t of_micro, std::int64_t of_accumulation) {
      if (micro && *micro != of_micro) return;
      if (accumulation && *accumulation != of_accumulation) return;
      out.push_back({of_micro, of_accumulation, replicas, *wanted});
    };
    if (micro) {
      if (passes % *micro == 0) add(*micro, passes / *micro);
      return;
    }
    for (std::int64_t n = 1; n * n <= passes; ++n) {
      if (passes % n != 0) continue;
      add(n, passes / n);
      if (n != passes / n) add(passes / n, n);
    }
  }

  void rank(std::vector<Answer>& answers) const {
    const std::int64_t batch = wanted_batch().value_or(preset_batch().value_or(1));
    const auto key = [&](const Answer& a) {
      return std::tuple(distance(a.global_batch, batch), -a.ipus,
                        distance(a.micro_batch, space_.micro_batch), -a.micro_batch, -a.instances);
    };
    std::stable_sort(answers.begin(), answers.end(),
                     [&](const Answer& a, const Answer& b) { return key(a) < key(b); });
  }

  const SolveSpace& space_;
};

/// Nearest values around the asked one among those that the space allows without it.
NearestValues nearest_of(const SolveSpace& given, std::string figure,
                         std::optional<std::int64_t> SolveSpace::*asked,
                         std::int64_t Answer::*value) {
  SolveSpace space = given;
  NearestValues near{std::move(figure), *(space.*asked), {}, {}};
  (space.*asked).reset();
  for (const Answer& answer : Search(space).run().answers) {
    const std::int64_t found = answer.*value;
    if (found < near.asked && found > near.below.value_or(0)) near.below = found;
    if (found > near.asked && found < near.above.value_or(found + 1)) near.above = found;
  }
  return near;
}

/// A batch that is met with a micro batch of n is met with one of 1 and n times the accumulation as
/// well, so the multiples of one unit for each number of replicas are all there are.
std::optional<NearestValues> nearest_batches(const SolveSpace& space) {
  const Search search(space);
  const auto wanted = search.wanted_batch();
  if (!wanted) return std::nullopt;
  NearestValues near{"global-batch", *wanted, {}, {}};
  const auto take = [&](std::optional<std::int64_t> batch) {
    if (!batch) return;
    if (*batch<*wanted&& * batch> near.below.value_or(0)) near.below = batch;
    if (*batch > *wanted && *batch < near.above.value_or(*batch + 1)) near.above = batch;
  };
  if (space.asked_accumulation && !search.meets_constraint(*space.asked_accumulation)) return near;
  std::optional<Relation> violated;
  for (const std::int64_t replicas : search.replica_counts(violated)) {
    std::vector<Answer> placements;
    search.add_placements({1, 1, replicas, 1}, placements);
    if (placements.empty()) continue;
    const std::int64_t micro = space.asked_micro_batch.value_or(1);
    if (space.asked_micro_batch && space.asked_accumulation) {
      take(product({micro, *space.asked_accumulation, replicas}));
      continue;
    }
    const std::int64_t step = space.asked_accumulation.value_or(space.multiple);
    const std::int64_t first = space.asked_accumulation ? step
                                                        : (space.least + space.multiple - 1) /
                                                              space.multiple * space.multiple;
    const auto unit = product({micro, step, replicas});
    const auto least = product({micro, first, replicas});
    if (!unit || *unit < 1 || !least) continue;
    for (const std::int64_t times : {*wanted / *unit - 1, *wanted / *unit, *wanted / *unit + 1})
      if (const auto batch = product({times, *unit}); batch && *batch >= *least) take(batch);
    take(least);
  }
  return near;
}

}  // namespace

Solution solve(const SolveSpace& space) {
  Solution solution = Search(space).run();
  if (!solution.violated) return solution;
  if (auto batches = nearest_batches(space)) solution.nearest.push_back(std::move(*batches));
  if (space.asked_micro_batch)
    solution.nearest.push_back(
        nearest_of(space, "micro-batch", &SolveSpace::asked_micro_batch, &Answer::micro_batch));
  if (space.asked_accumulation)
    solution.nearest.push_back(
        nearest_of(space, "accumulation", &SolveSpace::asked_accumulation, &Answer::accumulation));
  if (space.asked_replicas)
    solution.nearest.push_back(
        nearest_of(space, "replicas", &SolveSpace::asked_replicas, &Answer::replicas));
  if (space.asked_instances)
    solution.nearest.push_back(
        nearest_of(space, "instances", &SolveSpace::asked_instances, &Answer::instances));
  return solution;
}

}  // namespace ipucnn
