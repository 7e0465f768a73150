#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ipucnn/job_inputs.h"

namespace ipucnn {

/// One preset at its own target.
struct PresetRow {
  std::string name;
  std::string application;            ///< NAME@RELEASE, or as the preset's file has it
  std::string group;                  ///< of the application's presets; empty: the main one
  std::optional<std::string> target;  ///< absent when nothing could be worked out
  std::optional<std::string> site;    ///< whose target and settings count; absent without one
  Geometry geometry;
};
/// Presets with their figures in a dry run.
struct PresetList {
  std::vector<PresetRow> rows;
  bool older = false;  ///< whether presets of older releases were left out
};
/// Of each name the newest release that has it, which is what the bare name means; with `every`
/// those of all releases, as of an application whose release is named.
enum class Releases : std::uint8_t { Newest, Every };
PresetList list_presets(const JobInputs& inputs, AppId of, Releases releases);

/// One job on one machine: its figures, or what is wrong there.
struct OnTarget {
  struct Fault {
    std::string id;
    std::string message;
  };
  std::string target;
  Geometry geometry;
  std::vector<Fault> faults;  ///< of error severity; empty: it can be planned
};
/// The same request for every machine, as files see it: whose the data folder is does not matter.
/// `at` is where the machines were asked for.
std::vector<OnTarget> on_all_targets(JobRequest request, Span at, const JobInputs& inputs);

}  // namespace ipucnn
