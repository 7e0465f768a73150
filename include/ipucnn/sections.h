#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "ipucnn/catalog.h"

namespace ipucnn::load {

/// Top-level keys of files of ours, in the order of Section.
inline constexpr std::array<std::string_view, kSectionCount> kSectionKeys = {
    "applications", "targets", "sites", "profiles", "presets", "jobs", "defaults"};

inline bool is_section_key(std::string_view key) {
  return std::find(kSectionKeys.begin(), kSectionKeys.end(), key) != kSectionKeys.end();
}

}  // namespace ipucnn::load
