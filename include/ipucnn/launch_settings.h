#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/settings.h"

namespace ipucnn {

/// How a job is launched: from target, site, profile, job and command line, or read from an
/// imported line. Every value keeps its origin and its losers. Texts may hold `${env:NAME}`.
struct LaunchSettings {
  /// By the keys of launch_keys.def; `hosts` and `forward` are lists, `programs.NAME` one word or
  /// several, `spelling.NAME` how some words are written.
  Settings values;
  Settings env;  ///< variables set before the launcher
  Settings mca;  ///< Open MPI's parameters
  /// What is added when more than one host is in use.
  std::vector<Scalar> several_hosts_forward;
  Settings several_hosts_mca;

  /// Text of a scalar value; empty when unset or null.
  std::string_view text(std::string_view key) const;
  /// A YAML 1.1 boolean, 1 or 0; false when unset.
  bool flag(std::string_view key) const;
  const std::vector<Scalar>& list(std::string_view key) const;
  /// Machines that the hostfile lists; absent without one, or when it could not be read.
  std::optional<std::int64_t> hosts_of_file;
  /// Whether hosts or a file of them are named.
  bool names_hosts() const { return !list("hosts").empty() || !text("hostfile").empty(); }
  /// How many hosts are listed, here or in the hostfile; absent when none is, or when a variable
  /// holds them all.
  std::optional<std::int64_t> host_count() const;
};

}  // namespace ipucnn
