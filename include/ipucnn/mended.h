#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ipucnn/job_inputs.h"

namespace ipucnn {

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
std::vector<MendedFile> mended_files(const Diagnostics& findings, const JobInputs& inputs,
                                     InputReader& reader);

}  // namespace ipucnn
