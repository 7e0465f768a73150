#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/input_files.h"
#include "cli/lock_file.h"
#include "cli/request.h"
#include "ipucnn/file_schema.h"
#include "ipucnn/render.h"
#include "ipucnn/subjects.h"
#include "ipucnn/view.h"

namespace ipucnn::cli {
namespace {

/// Whether a part is looked at, so that a comment may speak of what was left out.
bool looks_at_a_part(const SplitArgv& split) {
  return !split.overrides.empty() ||
         std::any_of(split.given.begin(), split.given.end(),
                     [](const Given& given) { return given.row->is(kNarrows); });
}

class Checker {
 public:
  Checker(InputFiles& files, const SplitArgv& split, const NamedFiles& named)
      : files_(files), split_(split), named_(named), leaves_(files.suppressions(split)) {
    for (const SourceId text : named.texts)
      for (Suppression& leave : read_suppressions(files.sources, text))
        leaves_.push_back(std::move(leave));
  }

  void run() {
    own_files_ = own_files();
    for (const SourceId file : own_files_) check_entries(files_.catalog, file, files_.findings);
    findings_ = judge(files_.findings, Occasion::Files, leaves_, {});
    const std::vector<Subject> subjects = chosen();
    std::optional<LockFile> lock;
    if (split_.has(Option::Locked)) lock = read_lock(files_.sources, files_.world, of_subjects_);
    for (const Subject& subject : subjects) check_subject(subject, lock.has_value());
    findings_.add(of_subjects_.merged_presets());
    report_leaves(subjects);
    if (lock) compare(*lock);
  }

  const Diagnostics& findings() const { return findings_; }
  const std::vector<std::string>& checked() const { return checked_; }
  /// FILE:LINE of commands that were met, but could not be checked.
  const std::vector<std::string>& not_read() const { return not_read_; }

  /// "1 site and 2 targets": what the files hold beside presets and jobs, which are commands.
  std::string read() const { return entries_read(files_.catalog, own_files_); }

 private:
  /// The files of ours that are judged: those named, else the project's, else the built-in ones.
  std::vector<SourceId> own_files() const {
    std::vector<SourceId> all = named_.sources;
    if (!all.empty() || !named_.texts.empty() || looks_at_a_part(split_)) return all;
    const auto& known = files_.catalog.files();
    const bool project = std::any_of(known.begin(), known.end(), [](const Catalog::File& file) {
      return file.layer >= Layer::Project;
    });
    for (const Catalog::File& file : known)
      if (!project || file.layer >= Layer::Project) all.push_back(file.tree.source);
    return all;
  }

  std::string place_of(const ImportedJob& job) const {
    return fmt::format("{}:{}", files_.sources.name(job.at.source), job.at.line);
  }

  std::vector<Subject> chosen() const {
    JobRequest words = request_of(split_);
    const SubjectWords chosen{split_.values(Option::Config), split_.values(Option::Job),
                              named_.sources};
    std::vector<Subject> all =
        command_subjects(words, named_.commands, files_.findings, files_.sources);
    const auto add = [&](std::vector<Subject> more) {
      std::move(more.begin(), more.end(), std::back_inserter(all));
    };
    if (!split_.positionals.empty() && named_.sources.empty()) return all;
    if (chosen.jobs.empty() || !chosen.presets.empty())
      add(preset_subjects(words, chosen, files_.descriptors));
    add(job_subjects(words, chosen, files_.catalog));
    return all;
  }

  void check_subject(const Subject& subject, bool locks) {
    if (subject.imported != nullptr && has_unread_word(*subject.imported, files_.findings)) {
      checked_.push_back(subject.name);
      not_read_.push_back(place_of(*subject.imported));
      return;
    }
    const Occasion occasion = subject.imported != nullptr ? Occasion::Import : Occasion::Files;
    JobRequest request = subject.request;
    request.suppressions = leaves_;
    const Job job = resolve_job(request, files_.descriptors, files_.around, occasion);
    if (!job.points.empty() && job.points.front().declined) return;
    // What a job allows itself stands behind ours.
    for (std::size_t i = 0; i < leaves_.size() && i < job.suppressions.size(); ++i)
      leaves_[i].used = job.suppressions[i].used;
    add(job.all_findings(), subject);
    if (subject.imported != nullptr) compare(subject, job);
    if (subject.imported != nullptr &&
        is_unread(*subject.imported, files_.findings, job.all_findings()))
      not_read_.push_back(place_of(*subject.imported));
    if (locks && subject.is_preset() && !job.points.empty() && job.points.front().shown)
      commands_.emplace_back(&subject, lock_entry(job.points.front(), shell_text));
    checked_.push_back(subject.name);
  }

  void add(const Diagnostics& found, const Subject& subject) {
    for (Diagnostic d : found.all()) {
      d.found_in = {subject.name};
      of_subjects_.add(std::move(d));
    }
  }

  /// With words of the user's the line and its plan are not meant to be the same.
  void compare(const Subject& subject, const Job& job) {
    const JobPoint* first = job.first();
    if (first == nullptr || !split_.overrides.empty() ||
        is_faulty(*subject.imported, findings_, job.all_findings()))
      return;
    Diagnostics differs;
    compare_with_line(*subject.imported, *first, differs);
    add(judge(differs, Occasion::Import, leaves_, subject.imported->at), subject);
  }

  /// Those of --allow, and the comments of files whose presets were all checked.
  void report_leaves(const std::vector<Subject>& subjects) {
    std::vector<Suppression> leaves = leaves_;
    std::erase_if(leaves, [&](const Suppression& leave) {
      if (leave.line == 0) return false;
      return looks_at_a_part(split_) ||
             std::none_of(subjects.begin(), subjects.end(), [&](const Subject& subject) {
               return subject.is_preset() && subject.request.preset->at.source == leave.at.source;
             });
    });
    report_unused(leaves, findings_);
  }

  void compare(LockFile& lock) {
    for (const auto& [subject, command] : commands_) {
      Diagnostics differs;
      compare_with_lock(command, lock, differs);
      const Diagnostics judged = judge(differs, Occasion::Files, leaves_, command.at);
      for (Diagnostic d : judged.all()) {
        d.found_in = {subject->name};
        findings_.add(std::move(d));
      }
    }
    if (!looks_at_a_part(split_)) report_leftovers(lock, findings_);
  }

  InputFiles& files_;
  const SplitArgv& split_;
  const NamedFiles& named_;
  std::vector<Suppression> leaves_;
  Diagnostics findings_;
  Diagnostics of_subjects_;
  std::vector<SourceId> own_files_;
  std::vector<std::string> checked_;
  std::vector<std::string> not_read_;
  std::vector<std::pair<const Subject*, LockEntry>> commands_;
};

std::string summary(const Diagnostics& findings, const std::string& read, std::size_t presets,
                    const std::vector<std::string>& not_read) {
  std::int64_t errors = 0;
  std::int64_t warnings = 0;
  for (const Diagnostic* d : findings.sorted()) {
    errors += d->severity == Severity::Error ? 1 : 0;
    warnings += d->severity == Severity::Warning ? 1 : 0;
  }
  const std::string left = not_read.empty() ? ""
                                            : fmt::format("{} not checked ({}), ", not_read.size(),
                                                          join(not_read, ", "));
  return fmt::format("{}{}{} checked, {}{}, {}", read, read.empty() ? "" : " read, ",
                     counted(static_cast<std::int64_t>(presets - not_read.size()), "command"), left,
                     counted(errors, "error"), counted(warnings, "warning"));
}

bool denied(const Diagnostics& findings, const SplitArgv& split) {
  const auto& all = findings.all();
  return findings.has_errors() ||
         (split.has(Option::Deny) && std::any_of(all.begin(), all.end(), [](const Diagnostic& d) {
            return d.severity == Severity::Warning;
          }));
}

}  // namespace

int cmd_check(const SplitArgv& split, const Streams& streams, const World& world) {
  const auto format_word = split.value(Option::Format);
  const std::string format = format_word ? format_word->text : "text";
  InputFiles files(split, world);
  JobRequest words = request_of(split);
  words.preset.reset();  // several may be named
  std::string error;
  NamedFiles named;
  if (files.read({words}, error)) named = read_positionals(files, split, error);
  if (!error.empty()) return usage(streams, error, split);
  Checker checker(files, split, named);
  if (named.good) checker.run();
  const Diagnostics& findings = named.good ? checker.findings() : files.findings;

  const RenderStyle style{use_color(split, streams.out_is_terminal, world), streams.width};
  const FindingReport report{findings,
                             files.sources,
                             style,
                             checker.checked(),
                             std::string(program_version()),
                             repository_paths(world)};
  streams.out(*render(report, format));
  if (format == "text")
    say(streams, summary(findings, checker.read(), checker.checked().size(), checker.not_read()));
  return denied(findings, split) ? kFindings : kDone;
}

}  // namespace ipucnn::cli
