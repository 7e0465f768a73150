#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/input_files.h"
#include "cli/request.h"
#include "cli/show_entry.h"
#include "ipucnn/overview.h"
#include "ipucnn/view.h"
#include "ipucnn/yaml_text.h"

namespace ipucnn::cli {
namespace {

/// What is shown of one request.
class Shown {
 public:
  Shown(const SplitArgv& split, const Streams& streams, const InputFiles& files)
      : split_(split), streams_(streams), files_(files) {}

  int print(const JobRequest& request, ViewFormat format) {
    const Job job = resolve(request);
    const JobPoint* point = shown_point(job);
    if (point == nullptr) {
      print(findings_of(job));
      return kFindings;
    }
    for (const Given& given : split_.given)
      if (given.row->id == Option::Targets) return print_on_targets(request, given.flag.at, format);
    const int status = print_point(*point, request, format);
    // The values come first: what is wrong with them is read beside them.
    const Diagnostics findings = findings_of(job);
    print(findings);
    return status != kDone ? status : findings.has_errors() ? kFindings : kDone;
  }

 private:
  Job resolve(const JobRequest& request) const {
    return resolve_job(request, files_.descriptors, files_.around, Occasion::DryRun);
  }

  static const JobPoint* shown_point(const Job& job) {
    for (const JobPoint& point : job.points)
      if (point.shown) return &point;
    return nullptr;
  }

  Diagnostics findings_of(const Job& job) const {
    Diagnostics findings = files_.findings;
    findings.add(job.all_findings());
    if (job.first() != nullptr) report_unused_words(job.suppressions, findings);
    return findings;
  }

  void print(const Diagnostics& findings) const {
    print_findings(findings, files_.sources, split_, streams_, files_.world);
  }

  /// The same request for every machine.
  int print_on_targets(const JobRequest& request, Span at, ViewFormat format) {
    streams_.out(show_on_targets(on_all_targets(request, at, files_), format, out_width(streams_)));
    return kDone;
  }

  int print_point(const JobPoint& point, const JobRequest& request, ViewFormat format) {
    const JobStep& step = point.first();
    if (format_of(split_) == "configs") {
      if (!step.preset) return usage(streams_, "--format configs needs a preset", split_);
      streams_.out(preset_yaml(*step.preset));
      return kDone;
    }
    if (const auto other = split_.value(Option::Diff))
      return print_diff(step, request, *other, format);
    streams_.out(
        show_job(step.check_input(), files_.sources, split_.has(Option::Defaults), format));
    return kDone;
  }

  /// The other preset under the same options and words.
  int print_diff(const JobStep& step, JobRequest request, const Word& name, ViewFormat format) {
    request.preset = name;
    const Job other = resolve(request);
    const JobPoint* point = shown_point(other);
    if (point == nullptr) {
      print(other.all_findings());
      return kFindings;
    }
    if (step.schema().name() != point->first().schema().name())
      say(streams_, "these are presets of two applications: only options of the same name compare");
    streams_.out(
        show_diff(step.check_input(), point->first().check_input(), format, out_width(streams_)));
    return kDone;
  }

  const SplitArgv& split_;
  const Streams& streams_;
  const InputFiles& files_;
};

/// People look for what a bare name means; programs take all there is.
int show_list_of_presets(const InputFiles& files, AppId of, ViewFormat format,
                         const Streams& streams) {
  const PresetList list =
      list_presets(files, of, format == ViewFormat::Text ? Releases::Newest : Releases::Every);
  streams.out(show_presets(list.rows, format));
  if (list.older && format == ViewFormat::Text)
    streams.out("\nEach name in the newest release that has it; for others --app NAME@RELEASE.\n");
  return kDone;
}

}  // namespace

int cmd_show(const SplitArgv& split, const Streams& streams, const World& world) {
  const ViewFormat format = view_format(split);
  if (split.positionals.size() > 1 && !names_an_entry(split))
    return misused(split.positionals[1],
                   fmt::format("'{}' is one word too many", split.positionals[1].text), split,
                   streams, world);
  JobRequest request = request_of(split);
  if (!split.positionals.empty()) request.preset = split.positionals.front();
  if (!request.preset && !request.application && !request.job)
    return usage(
        streams,
        "show what? presets, targets, apps, sites, profiles, jobs, config, a preset's name, or one "
        "entry, as in `show target pod16`",
        split);

  std::vector<JobRequest> requests = {request};
  if (const auto other = split.value(Option::Diff)) {
    requests.push_back(request);
    requests.back().preset = other;
  }
  InputFiles files(split, world);
  if (const auto status = read_or_say(files, requests, split, streams)) return *status;
  if (names_an_entry(split)) return show_named_entry(files, split, format, streams);
  if (names_a_list(split)) {
    if (!uses_all_words(split, streams, world)) return kUsage;
    const auto of = listed_application(files, split, streams);
    if (!of) return kFindings;
    const std::string& word = split.positionals.front().text;
    if (word == "presets") return show_list_of_presets(files, *of, format, streams);
    streams.out(show_list(word, files.catalog, files.sources, format, out_width(streams)));
    return kDone;
  }
  if (is_nearly_a_list(files, split, streams)) return kFindings;
  request.suppressions = files.suppressions(split);
  return Shown(split, streams, files).print(request, format);
}

}  // namespace ipucnn::cli
