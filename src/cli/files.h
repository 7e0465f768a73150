#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/streams.h"
#include "ipucnn/job.h"
#include "ipucnn/text_file.h"

namespace ipucnn::cli {

/// How a tool that shows findings beside a repository's files names a file: from its root
/// (GITHUB_WORKSPACE, else the folder with .git upward of ours); as it is where there is none.
std::function<std::string(std::string_view)> repository_paths(const World& world);

/// The files that are in force without being named, weakest layer first: /etc/ipucnn/*.yml,
/// ~/.config/ipucnn/*.yml and the nearest ipucnn.yml upward from the folder.
std::vector<NeededFiles::File> standing_files(const World& world);

/// Paths, from the root, of the files beyond the built-in ones that describe applications, parted
/// by
/// ':', for a stand-in of a rehearsal that starts in another folder.
std::string descriptor_files(const Catalog& catalog, const Sources& sources);

}  // namespace ipucnn::cli
