#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/job.h"

namespace ipucnn {

/// Everything that was read for a job, each file once, and what was found while reading.
struct JobInputs {
  JobInputs() = default;
  JobInputs(const JobInputs&) = delete;
  JobInputs& operator=(const JobInputs&) = delete;

  /// Takes the text of a file of ours or a configs.yml. Absent, with findings, when it is wrong.
  std::optional<SourceId> add_text(const NeededFiles::File& file, std::string text);

  Sources sources;
  Catalog catalog{sources};
  Descriptors descriptors{catalog};
  Surroundings around;
  Diagnostics findings;
};

/// How what a job needs is read.
struct InputReader {
  virtual ~InputReader() = default;
  /// A file's whole text; `error` says why there is none.
  virtual std::optional<std::string> read(const std::string& path, std::string& error) = 0;
  /// Whether two spellings of a path lead to one file.
  virtual bool is_same(std::string_view path, const std::string& other) = 0;
  /// The files of a folder, each read when it is first asked for.
  virtual FolderText below(const std::string& folder) = 0;
};

/// The source of a file that was read already, under this or another spelling.
std::optional<SourceId> find_read(const JobInputs& inputs, const std::string& path,
                                  InputReader& reader);

/// Reads the files that are in force without being named, and what the requests need. False with
/// `unread` set when one cannot be read, and false with findings when one is wrong.
bool read_inputs(JobInputs& inputs, const std::vector<NeededFiles::File>& in_force,
                 const std::vector<JobRequest>& requests, InputReader& reader, std::string& unread);

}  // namespace ipucnn
