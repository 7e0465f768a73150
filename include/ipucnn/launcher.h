#pragma once

#include <cstdint>
#include <string_view>

namespace ipucnn {

/// How a launcher makes processes.
enum class ProcessModel : std::uint8_t {
  One,                ///< a single process runs all replicas
  ShareReplicas,      ///< all replicas of the job are divided among the processes
  IndependentCopies,  ///< each process runs the whole command on IPUs of its own
  OneReplicaEach,     ///< each process is one replica, on a device of its own
};

/// What arithmetic and rules know of a launcher; its words are launch_words.def.
struct LauncherSpec {
  std::string_view name;
  ProcessModel processes;
};

/// Null when there is no launcher of this name.
const LauncherSpec* find_launcher(std::string_view name);

}  // namespace ipucnn
