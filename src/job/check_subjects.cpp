// Everything that a check looks at, one after the other.
#include "ipucnn/check_subjects.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "ipucnn/file_schema.h"
#include "job/parts.h"

namespace ipucnn {
namespace {

class Checker {
 public:
  Checker(const JobInputs& inputs, const CheckScope& scope, std::optional<LockFile> lock,
          const Emit& emit)
      : in_(inputs),
        scope_(scope),
        lock_(std::move(lock)),
        emit_(emit),
        leaves_(scope.words.suppressions),
        of_files_(inputs.findings) {
    for (const SourceId text : scope.texts)
      for (Suppression& leave : read_suppressions(in_.sources, text))
        leaves_.push_back(std::move(leave));
  }

  CheckedSubjects run() {
    if (names_nothing(in_, scope_)) {
      out_.findings = judge(of_files_, Occasion::Files, leaves_, {});
      out_.nothing = true;
      return std::move(out_);
    }
    out_.files = own_files();
    out_.plain = scope_.plain;
    for (const SourceId file : out_.files) check_entries(in_.catalog, file, of_files_);
    out_.findings = judge(of_files_, Occasion::Files, leaves_, {});
    std::vector<Subject> subjects = chosen();
    for (Subject& subject : subjects) check_subject(subject);
    out_.findings.add(of_subjects_.merged_presets());
    report_leaves();
    if (lock_) compare_with_locked();
    return std::move(out_);
  }

 private:
  /// The files of ours that are judged: those named, else those of the layer asked for, else the
  /// project's.
  std::vector<SourceId> own_files() const {
    if (scope_.files_named || scope_.narrowed) return scope_.named.files;
    const auto wanted = [&](Layer layer) {
      return scope_.named.layer ? layer == *scope_.named.layer : layer >= Layer::Project;
    };
    std::vector<SourceId> all;
    for (const Catalog::File& file : in_.catalog.files())
      if (wanted(file.layer)) all.push_back(file.tree.source);
    return all;
  }

  std::vector<Subject> chosen() const {
    const SubjectWords& named = scope_.named;
    std::vector<Subject> all =
        command_subjects(scope_.words, scope_.commands, of_files_, in_.sources);
    const auto add = [&](std::vector<Subject> more) {
      if (all.empty()) return all.swap(more);
      std::move(more.begin(), more.end(), std::back_inserter(all));
    };
    if (scope_.files_named && named.files.empty()) return all;
    if (named.jobs.empty() || !named.presets.empty())
      add(preset_subjects(scope_.words, named, in_.descriptors));
    add(job_subjects(scope_.words, named, in_.catalog));
    return all;
  }

  void check_subject(Subject& subject) {
    const ImportedJob* command = subject.imported;
    if (command != nullptr && has_unread_word(*command, of_files_)) {
      out_.checked.push_back(subject.name);
      out_.not_read.push_back(job::place_of(*command, in_.sources));
      return;
    }
    const bool is_preset = subject.is_preset();
    if (is_preset) files_of_presets_.insert(subject.request.preset->at.source);
    subject.request.suppressions = leaves_;
    const Job job = resolve_job(std::move(subject.request), in_.descriptors, in_.around,
                                command != nullptr ? Occasion::Import : Occasion::Files);
    if (!job.points.empty() && job.points.front().declined) return;
    job::mark_used(job, leaves_);
    const Diagnostics found = job.all_findings();
    add(found, subject);
    if (command != nullptr) compare_with_words(*command, subject, job, found);
    if (command != nullptr && is_unread(*command, of_files_, found))
      out_.not_read.push_back(job::place_of(*command, in_.sources));
    if (lock_ && is_preset && !job.points.empty() && job.points.front().shown)
      locked_.emplace_back(&subject.name, lock_entry(job.points.front(), emit_));
    out_.checked.push_back(subject.name);
  }

  void add(const Diagnostics& found, const Subject& subject) {
    for (Diagnostic d : found.all()) {
      d.found_in = {subject.name};
      of_subjects_.add(std::move(d));
    }
  }

  /// With words of the user's the line and its plan are not meant to be the same.
  void compare_with_words(const ImportedJob& command, const Subject& subject, const Job& job,
                          const Diagnostics& found) {
    const JobPoint* first = job.first();
    if (first == nullptr || !scope_.words.overrides.empty() ||
        is_faulty(command, out_.findings, found))
      return;
    Diagnostics differs;
    compare_with_line(command, *first, in_.catalog, differs);
    add(judge(differs, Occasion::Import, leaves_, command.at), subject);
  }

  /// Those of --allow, and the comments of files whose presets were all checked.
  void report_leaves() {
    std::vector<Suppression> leaves = leaves_;
    std::erase_if(leaves, [&](const Suppression& leave) {
      if (leave.line == 0) return false;
      return scope_.narrowed || files_of_presets_.count(leave.at.source) == 0;
    });
    report_unused(leaves, out_.findings);
  }

  void compare_with_locked() {
    for (const auto& [name, command] : locked_) {
      Diagnostics differs;
      compare_with_lock(command, *lock_, differs);
      const Diagnostics judged = judge(differs, Occasion::Files, leaves_, command.at);
      for (Diagnostic d : judged.all()) {
        d.found_in = {*name};
        out_.findings.add(std::move(d));
      }
    }
    if (!scope_.narrowed) report_leftovers(*lock_, out_.findings);
  }

  const JobInputs& in_;
  const CheckScope& scope_;
  std::optional<LockFile> lock_;
  const Emit& emit_;
  std::vector<Suppression> leaves_;
  Diagnostics of_files_;
  Diagnostics of_subjects_;
  CheckedSubjects out_;
  std::set<SourceId> files_of_presets_;                           ///< that were checked
  std::vector<std::pair<const std::string*, LockEntry>> locked_;  ///< with their subjects' names
};

}  // namespace

bool names_nothing(const JobInputs& inputs, const CheckScope& scope) {
  const SubjectWords& named = scope.named;
  const bool is_named = scope.files_named || named.layer || scope.locked ||
                        !named.presets.empty() || !named.jobs.empty();
  const auto& known = inputs.catalog.files();
  return !is_named && std::none_of(known.begin(), known.end(), [](const Catalog::File& file) {
    return file.layer >= Layer::Project;
  });
}

CheckedSubjects check_subjects(const JobInputs& inputs, const CheckScope& scope,
                               std::optional<LockFile> lock, const Emit& emit) {
  return Checker(inputs, scope, std::move(lock), emit).run();
}

}  // namespace ipucnn
