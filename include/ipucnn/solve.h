#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ipucnn/check.h"

namespace ipucnn {

/// What the figures of a training step must satisfy on a machine, and what was asked for.
struct SolveSpace {
  /// IPUs that may be used; absent: no machine to fill. Up to 65,536 replicas are tried.
  std::optional<std::int64_t> available_ipus;
  std::int64_t most_hosts = 1;
  std::optional<std::int64_t> instances_per_host;  ///< best known; absent: unknown
  bool shares_replicas = false;  ///< instances share the replicas, as under poprun
  bool powers_of_two = false;    ///< IPUs come in partitions, which hold 1, 2, 4, ... of them

  std::int64_t ipus_per_replica = 1;
  std::int64_t multiple = 1;  ///< the accumulation is a multiple of this: the pipeline's demand
  std::int64_t least = 1;     ///< and at least this
  std::string counts;         ///< flag of the option that can meet the demand in its place

  // The preset's own figures.
  std::int64_t micro_batch = 1;
  std::int64_t accumulation = 1;
  std::int64_t replicas = 1;
  std::optional<std::int64_t> global_batch;  ///< where it says that, and no accumulation

  // Figures asked for.
  std::optional<std::int64_t> asked_micro_batch;
  std::optional<std::int64_t> asked_accumulation;
  std::optional<std::int64_t> asked_replicas;
  std::optional<std::int64_t> asked_global_batch;
  std::optional<std::int64_t> asked_instances;
  std::optional<std::int64_t> asked_hosts;
  std::optional<std::int64_t> asked_ilds;
};

/// The space of one step. Absent when a figure of the preset is not known; a finding then says so
/// or was reported before. `accumulation` is what was asked for beside the settings.
std::optional<SolveSpace> solve_space(const CheckInput& in,
                                      std::optional<std::int64_t> accumulation = std::nullopt);

/// One way to fill the machine.
struct Answer {
  std::int64_t micro_batch = 1;
  std::int64_t accumulation = 1;
  std::int64_t replicas = 1;
  std::int64_t instances = 1;
  std::int64_t hosts = 1;
  std::int64_t ilds = 1;  ///< IPU-Link domains
  std::int64_t ipus = 1;
  std::int64_t global_batch = 1;

  friend bool operator==(const Answer&, const Answer&) = default;
};

/// The relations, in the order in which they are tried.
enum class Relation {
  Room,          ///< replicas x IPUs per replica <= IPUs
  PowerOfTwo,    ///< IPUs of a partition
  Batch,         ///< global batch = micro batch x accumulation x replicas
  Accumulation,  ///< the pipeline's demand
  Instances,     ///< instances divide the replicas; hosts and ilds divide the instances
};

/// Legal values of one asked figure, all others kept.
struct NearestValues {
  std::string figure;  ///< as its option is called: global-batch, micro-batch, ...
  std::int64_t asked = 0;
  std::optional<std::int64_t> below;
  std::optional<std::int64_t> above;
};

struct Solution {
  /// Every legal answer, best first: nearest to the preset's (or the asked) global batch, then the
  /// most IPUs in use, then the micro batch nearest to the preset's, the larger one, and the
  /// instances nearest to the machine's best figure.
  std::vector<Answer> answers;
  /// The first relation that leaves nothing; set when there are no answers.
  std::optional<Relation> violated;
  /// For each figure that was asked for, when there are no answers.
  std::vector<NearestValues> nearest;
};

/// Exhaustive: an answer that satisfies all relations is in the list. The global batch is the one
/// asked for, else follows when micro batch and accumulation were asked for, else is the preset's.
Solution solve(const SolveSpace& space);

/// A violated relation as a sentence with its numbers.
std::string relation_text(Relation relation, const SolveSpace& space);
/// Why there is no answer, and the figures near by with which there is one: empty when none is
/// near.
std::string no_answer_text(const Solution& solution, const SolveSpace& space);
std::string nearest_text(const Solution& solution, const SolveSpace& space);

}  // namespace ipucnn
