#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/streams.h"
#include "ipucnn/catalog.h"

namespace ipucnn::cli {

/// Scripts, documents and descriptions of people are far smaller; what is read from them is not.
inline constexpr std::size_t kLargestFile = std::size_t{8} * 1024 * 1024;

/// How a tool that shows findings beside a repository's files names a file: from its root
/// (GITHUB_WORKSPACE, else the folder with .git upward of ours); as it is where there is none.
std::function<std::string(std::string_view)> repository_paths(const World& world);

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
