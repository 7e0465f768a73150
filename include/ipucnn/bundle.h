#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ipucnn {

/// A file of an archive.
struct ArchivedFile {
  std::string path;  ///< relative, of any length and bytes
  std::string text;
  std::int64_t time = 0;  ///< seconds since 1970
};

/// A tar archive as POSIX.1-2001 has it (pax), packed by gzip. The same files give the same bytes.
std::string tar_gz(const std::vector<ArchivedFile>& files);

/// What is attached to a question about a run: everything it wrote itself, below a folder of the
/// run's name; of logs and series the beginning and the end. Absent, with the reason, when the
/// folder cannot be read.
std::optional<std::string> bundle_of(const std::string& run_folder, std::string& error);

}  // namespace ipucnn
