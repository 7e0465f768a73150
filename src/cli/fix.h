#pragma once

#include <optional>
#include <vector>

#include "cli/input_files.h"
#include "cli/split_argv.h"
#include "cli/streams.h"

namespace ipucnn::cli {

/// A file as it would be with the fixes of its findings.
struct MendedFile {
  std::string path;
  std::string before;
  std::string after;
  std::size_t fixes = 0;
};

/// The fixes of findings in files that the user named or that are the project's own; those of a
/// machine room, of a checkout or built in are other people's. A file that changed since it was
/// read is left alone.
std::vector<MendedFile> mended_files(const Diagnostics& findings, const JobInputs& inputs);

/// Writes them, and says which. Set when one cannot be written: the status to end with.
std::optional<int> write_mended(const std::vector<MendedFile>& files, const SplitArgv& split,
                                const Streams& streams);

}  // namespace ipucnn::cli
