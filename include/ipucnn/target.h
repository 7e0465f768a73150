#pragma once

#include <optional>
#include <string_view>

#include "ipucnn/catalog.h"

namespace ipucnn {

/// Hardware: what a machine can hold. `none` has no IPU count, so nothing is filled.
struct Target {
  std::string_view id;
  std::string_view name;
  std::string_view generation;  ///< mk1, mk2, bow or none
  std::string_view launcher;    ///< poprun, none, mpirun or mpiexec
  std::optional<std::int64_t> ipus;
  std::int64_t default_hosts = 1;
  std::optional<std::int64_t> instances_per_host;  ///< best known; absent: unknown
  Span at;
};

/// Typed view of an entry under `targets`. Reports Y005 when it is none.
std::optional<Target> read_target(const Entry& entry, Diagnostics& out);

/// The target of this name or alias; absent when there is none.
Entry find_target(const Catalog& catalog, std::string_view name);

}  // namespace ipucnn
