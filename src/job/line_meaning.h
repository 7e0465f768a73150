#pragma once

#include <string>
#include <vector>

#include "ipucnn/catalog.h"

namespace ipucnn::job {

/// What a command line says, however it is spelled: its program, then each option with its values
/// as a text of its own, in order of the alphabet. Options of a launcher stand by the names of its
/// table and without those that say what holds anyway; `--o=v` is `--o v`; words inside MPI's words
/// stand behind `--mpi-local-args: `; what is said twice stands once. The options of `yes_or_no`
/// take true or false as a word that may be left out, and have it as `True` or `False`.
std::vector<std::string> line_meaning(const Catalog& catalog, const std::vector<std::string>& words,
                                      const std::vector<std::string>& yes_or_no);

}  // namespace ipucnn::job
