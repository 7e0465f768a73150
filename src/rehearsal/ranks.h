#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rehearsal/poprun_line.h"

namespace ipucnn::rehearsing {

using Variables = std::vector<std::pair<std::string, std::string>>;

/// One instance as poprun starts it.
struct Rank {
  Variables variables;                 ///< what poprun sets for it
  std::vector<std::string> mpi_words;  ///< mpirun's words for it alone
  bool silent = false;                 ///< its output is dropped
};

/// What poprun makes of its options.
struct RankPlan {
  std::vector<std::string> mpi_words;  ///< mpirun's words for the whole job
  std::vector<Rank> ranks;
  std::vector<std::string> program;
  std::int64_t hosts = 1;
};

/// Divides replicas among instances and instances among hosts and gives each rank its variables.
/// `target_options` is the variable POPLAR_TARGET_OPTIONS of the environment. Empty, with `error`,
/// when poprun would refuse the layout.
std::optional<RankPlan> plan_ranks(const PoprunLine& line, const std::string& target_options,
                                   std::string& error);

/// mpirun's words with leave to bind more processes to a core or socket than it has here: machines
/// with IPUs have more of them.
void let_bindings_overload(std::vector<std::string>& words);

/// The command of the real mpirun: what has to be added so that any number of ranks can start on
/// one machine, and as root, stands here and in no plan.
std::vector<std::string> mpirun_command(const RankPlan& plan,
                                        const std::vector<std::string>& forwarded, bool as_root);

/// Starts the ranks without mpirun, tags their output as it would and waits for all. Its exit
/// status is mpirun's: 0, the first rank's that is not, 128 + a signal, 134 for no such program.
int run_ranks(const RankPlan& plan);

}  // namespace ipucnn::rehearsing
