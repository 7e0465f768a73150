#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/streams.h"
#include "ipucnn/catalog.h"

namespace ipucnn::cli {

/// A file's whole text; `error` says why there is none.
std::optional<std::string> read_file(const std::string& path, std::string& error);

/// All of standard input, in the same way.
std::optional<std::string> read_standard_input(std::string& error);

/// A file that is in force without being named, weakest layer first.
struct FoundFile {
  Layer layer;
  std::string path;
};
/// /etc/ipucnn/*.yml, ~/.config/ipucnn/*.yml and the nearest ipucnn.yml upward from the folder.
std::vector<FoundFile> standing_files(const World& world);

/// Paths, from the root, of the files beyond the built-in ones that describe applications, parted
/// by
/// ':', for a stand-in of a rehearsal that starts in another folder.
std::string descriptor_files(const Catalog& catalog, const Sources& sources);

}  // namespace ipucnn::cli
