#pragma once

#include <cstdint>
#include <string_view>

namespace ipucnn {

struct PurposeSpec;

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
  std::string_view program;  ///< what reads its words; launchers of one program differ in processes
};

/// Null when there is no launcher of this name.
const LauncherSpec* find_launcher(std::string_view name);

/// The program that a name starts, whatever it is called on a machine: mpiexec and orterun are
/// mpirun. Empty when the name is none of a launcher's.
std::string_view launcher_program(std::string_view name);

/// The launcher that a purpose takes this one for: what the processes of a program share is the
/// script's matter, not that of the program's name. The same when it has none of the program.
std::string_view launcher_for(const PurposeSpec& purpose, std::string_view launcher);

}  // namespace ipucnn
