#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ipucnn/schema.h"
#include "ipucnn/tree.h"

namespace ipucnn {

/// What a stand-in takes from whoever starts it.
struct RehearsalHost {
  std::function<std::optional<std::string>(std::string_view name)> variable;
  /// A file's whole text; `error` says why there is none.
  std::function<std::optional<std::string>(const std::string& path, std::string& error)> read_file;
  std::function<void(std::string_view)> out;
  std::function<void(std::string_view)> err;
};

/// Whether the first word is one by which a site's `programs` names this program as a stand-in:
///   rehearsal-poprun WORDS...
///   rehearsal-mpirun WORDS...
///   rehearsal-app APPLICATION[:FILE...] SCRIPT WORDS...
bool names_stand_in(const std::vector<std::string>& args);
/// The program as that. Returns its exit status.
int rehearse(const std::vector<std::string>& args, const RehearsalHost& host);

/// The stand-in of poprun: refuses what `launcher` (its entry in `defaults: launchers:`) does not
/// know, sets poprun's variables for each rank and becomes Open MPI's mpirun, or starts the ranks
/// itself where that is missing. Returns an exit status unless it became mpirun.
int rehearse_poprun(Node launcher, const std::vector<std::string>& words);

/// The stand-in of mpirun and mpiexec: Open MPI's own, which is let start as many processes as it
/// is asked for on this machine, whoever starts it. Returns an exit status unless it became mpirun.
int rehearse_mpirun(const std::vector<std::string>& words);

/// A script of an application as one process plays it.
struct PlayedScript {
  std::string_view name;  ///< train.py
  Node parts;             ///< what the descriptor's `rehearsal` says of the script
  Node data_sets;         ///< the descriptor's `data_sets`
  Node proof;             ///< the descriptor's `proof_when` of the script; may be absent
  Node checkpoints;       ///< and its `checkpoints`
  /// Value in force of one of the application's options, as text; absent when it has none.
  std::function<std::optional<std::string>(std::string_view key)> value;
  /// Every option in force, as a Python dictionary.
  std::string options;
  std::string command_line;
  /// What the script takes from its launcher; both 1 and 0 without one.
  std::int64_t instances = 1;
  std::int64_t instance = 0;
  std::int64_t replicas = 1;  ///< of this process
  bool under_poprun = false;
  std::int64_t ipus_per_replica = 1;
  /// How long the playing takes, about.
  double seconds = 25;
};

/// Fills in what the launcher's variables say: poprun's, and those of Open MPI where the script
/// asks for its rank, as under Horovod. Under poprun the script's own count of replicas is
/// discarded. False, with `error`, when they do not fit each other or a replica of
/// `ipus_per_replica`.
bool take_launcher(const std::function<std::optional<std::string>(std::string_view)>& variable,
                   std::int64_t ipus_per_replica, PlayedScript& played, std::string& error);

/// Writes the script's lines to standard output with pauses between them. Figures follow from the
/// options as in the script; speed, loss and accuracy are invented and the same in every run.
/// Returns the exit status.
int play(const PlayedScript& script);

}  // namespace ipucnn
