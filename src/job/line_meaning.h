#pragma once

#include <string>
#include <vector>

#include "ipucnn/catalog.h"

namespace ipucnn::job {

/// What a command line says, however it is spelled: its program, then each option with its values
/// as a text of its own, in order of the alphabet. Options of a launcher stand by the names of its
/// table and without those that say what holds anyway; `--o=v` is `--o v`; words inside MPI's words
/// stand behind `--mpi-local-args: `.
std::vector<std::string> line_meaning(const Catalog& catalog,
                                      const std::vector<std::string>& words);

}  // namespace ipucnn::job
