#pragma once

#include <string>
#include <vector>

#include "ipucnn/imported_job.h"
#include "ipucnn/job.h"

namespace ipucnn {

/// One preset for one purpose, one job, or one command that was read: what is checked and locked
/// one after the other.
struct Subject {
  JobRequest request;
  std::string name;                       ///< "mine", "mine (validation)", or "job mine"
  const ImportedJob* imported = nullptr;  ///< set: a command of a text
  bool is_preset() const { return imported == nullptr && !request.job; }
};

/// What the words choose from all there is.
struct SubjectWords {
  std::vector<Word> presets;    ///< of --config; empty: those of the files
  std::vector<Word> jobs;       ///< of --job; the same
  std::vector<SourceId> files;  ///< those that were named; empty: those in force
  /// Only files of this layer: the built-in ones, or a checkout's.
  std::optional<Layer> layer{};
};

/// The presets that are named, else those of the files named, else the project's (and those of
/// --presets), else the built-in ones; of --app only, where it is given. Each for the purpose asked
/// for, else for train and validation where the application has them.
std::vector<Subject> preset_subjects(const JobRequest& words, const SubjectWords& named,
                                     const Descriptors& descriptors);

/// The jobs that are named, else those of the files named, else the project's; none where presets
/// are named.
std::vector<Subject> job_subjects(const JobRequest& words, const SubjectWords& named,
                                  const Catalog& catalog);

/// The commands of texts.
std::vector<Subject> command_subjects(const JobRequest& words,
                                      const std::vector<ImportedJob>& commands,
                                      const Diagnostics& found, const Sources& sources);

}  // namespace ipucnn
