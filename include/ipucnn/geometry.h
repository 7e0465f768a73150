#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ipucnn/launcher.h"
#include "ipucnn/value.h"

namespace ipucnn {

/// A whole number of at least 1 and where it comes from.
struct Quantity {
  std::int64_t value = 1;
  Origin origin;
};

/// The batch, replica and IPU arithmetic of one step. Each figure is set only when all its inputs
/// are known whole numbers and nothing overflows; absent means "not known" or "already reported".
struct Geometry {
  std::optional<Quantity> micro_batch;   ///< samples of one forward and backward pass
  std::optional<Quantity> accumulation;  ///< passes for one weight update; absent in validation
  std::optional<Quantity> replicas;      ///< over all instances
  std::optional<Quantity> ipus_per_replica;
  std::optional<Quantity> instances;  ///< host processes
  std::optional<Quantity> hosts;
  std::optional<Quantity> ilds;          ///< IPU-Link domains
  std::optional<Quantity> global_batch;  ///< micro batch x accumulation x replicas
  std::optional<Quantity> ipus;          ///< replicas x IPUs per replica, over all processes
  std::optional<Quantity> stages;        ///< pipeline splits + 1

  std::string_view launcher;  ///< poprun, none, mpirun or mpiexec
  /// Absent for a launcher that nobody knows. For independent copies replicas and batch are those
  /// of one process, IPUs those of all.
  std::optional<ProcessModel> processes;
  bool pipelined = false;
  std::string schedule;  ///< pipeline schedule; empty when not pipelined

  /// IPUs that may be used: those asked for with --ipus, else the target's. Absent without both.
  std::optional<Quantity> available_ipus;

  /// Set when the preset's accumulation met another number of replicas.
  struct Retarget {
    Quantity accumulation;     ///< the preset's
    Quantity replicas;         ///< the preset's
    std::int64_t product = 0;  ///< accumulation x replicas to be kept
    bool divides = false;      ///< false: no accumulation keeps the global batch
    bool batch_moves = false;  ///< something else than the global batch was to be kept
  };
  std::optional<Retarget> retarget;

  /// The global batch that the application's own option has or gets; it works the accumulation out
  /// itself then. Absent when it has no such option, or the accumulation is given.
  std::optional<Quantity> own_global_batch;

  /// Set when --global-batch cannot be met, or an accumulation asked for does not meet it: what was
  /// asked for.
  std::optional<Quantity> unmet_global_batch;

  /// Where a product left 64 bits.
  std::optional<Span> overflow;

  /// Set when no instance count fits (instances is then absent): the most that were allowed.
  std::optional<std::int64_t> most_instances;
};

}  // namespace ipucnn
