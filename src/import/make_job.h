#pragma once

#include <map>
#include <set>
#include <string>

#include "import/application.h"
#include "import/documents.h"

namespace ipucnn::importing {

/// Names of a text's jobs, each of them once.
class JobNames {
 public:
  /// The name, or with a number behind it where it is taken.
  std::string unique(const std::string& name);

 private:
  std::map<std::string, std::size_t> counts_;  ///< of names, and how many numbers each has had
  std::set<std::string> taken_;                ///< names with their numbers
};

/// What all commands of a text are read with.
struct JobContext {
  const Catalog& catalog;
  const KnownApplications& applications;
  const ImportRequest& request;
  const Places& places;
  JobNames& names;
  Diagnostics& out;
};

/// A command that is an application's, as a job: preset, purpose, machine, launch settings and the
/// script's own words. Reports what no job can hold. `command` is what `line` was taken of, and
/// `text` where it stands.
ImportedJob make_job(const JobContext& context, const ShellCommand& command,
                     const CommandLine& line, const CommandText& text,
                     const FoundApplication& found);

}  // namespace ipucnn::importing
