#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/pipeline.h"
#include "ipucnn/suppression.h"

namespace ipucnn::cli {

/// One preset for one purpose, or one job: what `check` and `lock` take one after the other.
struct Subject {
  Word preset;  ///< APP@RELEASE:NAME, with the place of the preset's key
  Word purpose;
  std::string name;         ///< for people: "mine", "mine (validation)", or "job mine"
  std::optional<Word> job;  ///< set: the job decides on preset and purpose
  const ImportedJob* imported = nullptr;  ///< set: a command of a text
};

/// The files named as positional words, read. A file that is in force anyway is not read twice.
struct NamedFiles {
  bool good = false;              ///< false: findings were added, or `usage` was set
  std::vector<SourceId> sources;  ///< in the order of the words
  std::vector<SourceId> texts;    ///< those that hold commands: scripts, documents, `cmd:`
  std::vector<ImportedJob> imported{};
};
NamedFiles load_files(Pipeline& pipeline, const SplitArgv& split, std::string& usage);

/// The presets chosen with --config, else those of the files named, else the project's (and those
/// of --presets), else the built-in ones; of --app only, where it is given. Each for --purpose,
/// else for train and validation where the application has them.
std::vector<Subject> select_subjects(Pipeline& pipeline, const SplitArgv& split,
                                     const NamedFiles& files);

/// The jobs chosen with --job, else those of the files named, else the project's; none where
/// presets were chosen.
std::vector<Subject> select_jobs(const Pipeline& pipeline, const SplitArgv& split,
                                 const NamedFiles& files);

/// The commands of the texts named.
std::vector<Subject> select_imported(const Pipeline& pipeline, const NamedFiles& files);

/// Whether the preset says itself that it is not meant for this purpose (V004, from index `from`
/// on): it is then not held to it, unless somebody asked for the purpose.
bool not_meant_for(const SplitArgv& split, const Diagnostics& findings, std::size_t from);

/// Takes the findings from index `from` on away.
void drop_findings(Diagnostics& findings, std::size_t from);

/// Findings that only a start can settle (data folder, checkpoint, addresses) are taken away from
/// index `from` on: a check of files does not know them. A `complete` command has all its words.
void drop_start_findings(Diagnostics& findings, std::size_t from, bool complete);

/// The world as files see it: a folder that only this machine's environment names is left out, so
/// that every machine sees the same commands.
World without_data_folder(const World& world);

/// Leaves given in the comments of files that are not built in, and with --allow.
std::vector<Suppression> given_suppressions(const Pipeline& pipeline, const SplitArgv& split);

/// Lets what is allowed pass. Leaves of --allow that were not needed are reported.
void allow_findings(Pipeline& pipeline, const SplitArgv& split);

}  // namespace ipucnn::cli
