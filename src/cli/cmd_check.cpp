#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/imported.h"
#include "cli/lock_file.h"
#include "cli/selection.h"
#include "ipucnn/render.h"

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
  Checker(Pipeline& pipeline, const SplitArgv& split, const World& world)
      : pipeline_(pipeline), split_(split), world_(world) {}

  void run(const NamedFiles& files) {
    Diagnostics& findings = pipeline_.findings();
    std::vector<Suppression> leaves = given_suppressions(pipeline_, split_);
    for (const SourceId text : files.texts)
      for (Suppression& leave : read_suppressions(pipeline_.sources(), text))
        leaves.push_back(std::move(leave));
    apply_suppressions(leaves, {}, 0, findings);
    const std::size_t before = findings.all().size();
    const std::vector<Subject> subjects = chosen(files);
    std::optional<LockFile> lock;
    if (split_.has(Option::Locked)) lock = read_lock(pipeline_, world_, findings);
    for (const Subject& subject : subjects) {
      const std::size_t from = findings.all().size();
      const bool finished = resolve(subject);
      if (!subject.job && subject.imported == nullptr && not_meant_for(split_, findings, from)) {
        drop_findings(findings, from);
        continue;
      }
      drop_start_findings(findings, from, subject.imported != nullptr);
      std::vector<Suppression> of_job = pipeline_.job_suppressions();
      apply_suppressions(of_job, {}, from, findings);
      const Span at = subject.imported == nullptr ? pipeline_.preset_at() : subject.imported->at;
      apply_suppressions(leaves, at, from, findings);
      if (finished && !subject.job && subject.imported == nullptr) point_at_purpose(from);
      if (subject.imported != nullptr && finished && !is_faulty(*subject.imported, findings, from))
        compare_with_line(pipeline_, split_, *subject.imported);
      if (lock && finished && !subject.job && subject.imported == nullptr)
        commands_.emplace_back(subject.name, lock_entry(pipeline_, subject, from));
      for (std::size_t i = from; i < findings.all().size(); ++i)
        findings.all()[i].found_in = {subject.name};
      checked_.push_back(subject.name);
    }
    findings.merge_presets(before);
    report_leaves(std::move(leaves), subjects);
    if (lock) compare(*lock);
  }

  const std::vector<std::string>& checked() const { return checked_; }

 private:
  /// A preset is not written for every purpose. What it lacks for another one, and what has no
  /// better place than its name, comes of the word that asked for the purpose.
  void point_at_purpose(std::size_t from) {
    const auto word = split_.value(Option::Purpose);
    const PurposeSpec& purpose = pipeline_.purpose();
    if (!word || purpose.name == "train" || purpose.name == "validation" ||
        !purpose.preset_group.empty())
      return;
    auto& all = pipeline_.findings().all();
    for (std::size_t i = from; i < all.size(); ++i)
      if (all[i].at == pipeline_.preset_at()) all[i].at = word->at;
  }

  std::vector<Subject> chosen(const NamedFiles& files) const {
    std::vector<Subject> all = select_imported(pipeline_, files);
    if (!files.texts.empty() && files.sources.empty()) return all;
    if (!split_.has(Option::Job) || split_.has(Option::Config))
      for (Subject& preset : select_subjects(pipeline_, split_, files))
        all.push_back(std::move(preset));
    for (Subject& job : select_jobs(pipeline_, split_, files)) all.push_back(std::move(job));
    return all;
  }

  bool resolve(const Subject& subject) {
    pipeline_.leave_job();
    if (subject.imported != nullptr) return resolve_imported(pipeline_, split_, *subject.imported);
    if (!subject.job) return pipeline_.resolve(split_, subject.preset, subject.purpose);
    return pipeline_.take_job(*subject.job) && pipeline_.resolve(split_, std::nullopt);
  }

  /// Those of --allow, and the comments of files whose presets were all checked.
  void report_leaves(std::vector<Suppression> leaves, const std::vector<Subject>& subjects) {
    std::erase_if(leaves, [&](const Suppression& leave) {
      if (leave.line == 0) return false;
      return looks_at_a_part(split_) ||
             std::none_of(subjects.begin(), subjects.end(), [&](const Subject& subject) {
               return subject.preset.at.source == leave.at.source;
             });
    });
    report_unused(leaves, pipeline_.findings());
  }

  void compare(LockFile& lock) {
    Diagnostics& findings = pipeline_.findings();
    for (const auto& [subject, command] : commands_) {
      const std::size_t from = findings.all().size();
      compare_with_lock(command, lock, findings);
      for (std::size_t i = from; i < findings.all().size(); ++i)
        findings.all()[i].found_in = {subject};
    }
    if (!looks_at_a_part(split_)) report_leftovers(lock, findings);
  }

  Pipeline& pipeline_;
  const SplitArgv& split_;
  const World& world_;
  std::vector<std::string> checked_;
  std::vector<std::pair<std::string, LockEntry>> commands_;  ///< by the subject's name
};

std::string summary(const Diagnostics& findings, std::size_t presets) {
  std::int64_t errors = 0;
  std::int64_t warnings = 0;
  for (const Diagnostic* d : findings.sorted()) {
    errors += d->severity == Severity::Error ? 1 : 0;
    warnings += d->severity == Severity::Warning ? 1 : 0;
  }
  return fmt::format("{} checked, {}, {}", counted(static_cast<std::int64_t>(presets), "command"),
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

  const World files_only = without_data_folder(world);
  Pipeline pipeline(files_only);
  std::string error;
  Checker checker(pipeline, split, world);
  if (pipeline.load(split, error))
    if (const NamedFiles files = load_files(pipeline, split, error); files.good) checker.run(files);
  if (!error.empty()) return usage(streams, error, split);

  const RenderStyle style{use_color(split, streams.out_is_terminal, world), streams.width};
  const FindingReport report{pipeline.findings(), pipeline.sources(), style, checker.checked(),
                             std::string(program_version())};
  streams.out(*render(report, format));
  if (format == "text") say(streams, summary(pipeline.findings(), checker.checked().size()));
  return denied(pipeline.findings(), split) ? kFindings : kDone;
}

}  // namespace ipucnn::cli
