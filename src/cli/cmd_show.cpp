#include <fmt/format.h>

#include "base/suggest.h"
#include "cli/commands.h"
#include "cli/pipeline.h"
#include "cli/selection.h"
#include "ipucnn/view.h"

namespace ipucnn::cli {
namespace {

using ShowList = std::string (*)(const Catalog&, ViewFormat);

struct ListRow {
  std::string_view word;
  ShowList show;
};
constexpr ListRow kLists[] = {
    {"presets", show_presets}, {"targets", show_targets},   {"apps", show_apps},
    {"sites", show_sites},     {"profiles", show_profiles}, {"jobs", show_jobs},
};

/// The other preset under the same options and words.
int print_diff(const Pipeline& pipeline, const Word& name, ViewFormat format,
               const SplitArgv& split, const Streams& streams, const World& world) {
  Pipeline other(world);
  std::string error;
  if (!other.load(split, error) || !other.resolve(split, name)) {
    print_findings(other.findings(), other.sources(), split, streams, world);
    return kFindings;
  }
  streams.out(show_diff(pipeline.check_input(), other.check_input(), format));
  return kDone;
}

/// The same words for every machine. What is found for one of them is not found for the next.
int print_on_targets(Pipeline& pipeline, const std::optional<Word>& what, ViewFormat format,
                     const SplitArgv& split, const Streams& streams) {
  Diagnostics& findings = pipeline.findings();
  const std::size_t from = findings.all().size();
  std::vector<Suppression> leaves = given_suppressions(pipeline, split);
  SplitArgv words = split;
  words.given.push_back({&option_row(Option::Target), Word{"--target", {}}, Word{}});
  std::vector<OnTarget> all;
  for (const Entry& entry : pipeline.catalog().entries(Section::Targets)) {
    words.given.back().value->text = std::string(entry.name.text());
    OnTarget on{words.given.back().value->text, {}, {}};
    const bool finished = pipeline.resolve(words, what);
    drop_start_findings(findings, from, false);
    apply_suppressions(leaves, pipeline.preset_at(), from, findings);
    for (std::size_t i = from; i < findings.all().size(); ++i) {
      const Diagnostic& d = findings.all()[i];
      if (d.severity == Severity::Error)
        on.faults.push_back({std::string(finding_info(d.id).id), d.message});
    }
    if (finished) on.geometry = pipeline.check_input().geometry;
    all.push_back(std::move(on));
    drop_findings(findings, from);
  }
  streams.out(show_on_targets(all, format));
  return kDone;
}

}  // namespace

int cmd_show(const SplitArgv& split, const Streams& streams, const World& world) {
  const auto format_word = split.value(Option::Format);
  const bool as_configs = format_word && format_word->text == "configs";
  const ViewFormat format =
      format_word && format_word->text == "json" ? ViewFormat::Json : ViewFormat::Text;
  if (split.positionals.size() > 1)
    return usage(streams, fmt::format("'{}' is one word too many", split.positionals[1].text),
                 split);
  std::optional<Word> what = split.value(Option::Config);
  if (!split.positionals.empty()) what = split.positionals.front();
  if (!what && !split.has(Option::App) && !split.has(Option::Job))
    return usage(
        streams,
        "show what? presets, targets, apps, sites, profiles, jobs, config, or a preset's name",
        split);

  Pipeline pipeline(world);
  if (const auto status = load_or_say(pipeline, split, streams, world)) return *status;
  if (what && !split.positionals.empty()) {
    for (const ListRow& list : kLists) {
      if (list.word != what->text) continue;
      streams.out(list.show(pipeline.catalog(), format));
      return kDone;
    }
    if (what->text == "config") {
      streams.out(show_files(pipeline.catalog(), pipeline.sources(), format));
      return kDone;
    }
  }
  const std::size_t from = pipeline.findings().all().size();
  const bool finished = pipeline.resolve(split, what);
  if (finished && split.has(Option::Targets)) {
    drop_findings(pipeline.findings(), from);
    return print_on_targets(pipeline, what, format, split, streams);
  }
  // Nothing is started here, so it does not matter whose the data folder is.
  std::erase_if(pipeline.findings().all(), [](const Diagnostic& d) {
    return d.id == FindingId::D001 || d.id == FindingId::D002;
  });
  if (finished) allow_findings(pipeline, split);
  print_findings(pipeline.findings(), pipeline.sources(), split, streams, world);
  if (!finished) return kFindings;
  if (as_configs) {
    if (pipeline.preset() == nullptr)
      return usage(streams, "--format configs needs a preset", split);
    streams.out(preset_yaml(*pipeline.preset()));
    return kDone;
  }
  if (const auto other = split.value(Option::Diff))
    return print_diff(pipeline, *other, format, split, streams, world);
  streams.out(
      show_job(pipeline.check_input(), pipeline.sources(), split.has(Option::Defaults), format));
  return pipeline.findings().has_errors() ? kFindings : kDone;
}

}  // namespace ipucnn::cli
