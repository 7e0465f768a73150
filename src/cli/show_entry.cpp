#include "cli/show_entry.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.h"
#include "cli/commands.h"
#include "ipucnn/named_entry.h"

namespace ipucnn::cli {
namespace {

struct Kind {
  std::string_view word;
  Section section;
};
constexpr Kind kKinds[] = {
    {"target", Section::Targets},
    {"site", Section::Sites},
    {"profile", Section::Profiles},
    {"job", Section::Jobs},
};

const Kind* kind_of(const SplitArgv& split) {
  if (split.positionals.empty()) return nullptr;
  for (const Kind& kind : kKinds)
    if (kind.word == split.positionals.front().text) return &kind;
  return nullptr;
}

}  // namespace

bool names_an_entry(const SplitArgv& split) { return kind_of(split) != nullptr; }

bool names_a_list(const SplitArgv& split) {
  const auto lists = lists_to_show();
  return split.positionals.size() == 1 &&
         std::find(lists.begin(), lists.end(), split.positionals.front().text) != lists.end();
}

bool is_nearly_a_list(const InputFiles& files, const SplitArgv& split, const Streams& streams) {
  if (split.positionals.size() != 1) return false;
  const Word& word = split.positionals.front();
  const auto lists = lists_to_show();
  const auto near = nearest_names(word.text, {lists.begin(), lists.end()}, 1);
  const auto [application, name] = parse_preset_name(word.text);
  if (near.empty() || !files.catalog.find_presets(name, application).empty()) return false;
  Diagnostics findings;
  findings.add(FindingId::K001, word.at, fmt::format("there is no preset '{}'", word.text)).help =
      fmt::format("did you mean `ipucnn show {}`?", near.front());
  print_findings(findings, files.sources, split, streams, files.world);
  return true;
}

int show_named_entry(const InputFiles& files, const SplitArgv& split, ViewFormat format,
                     const Streams& streams) {
  const Kind& kind = *kind_of(split);
  if (split.positionals.size() < 2)
    return usage(streams,
                 fmt::format("show which {}? `ipucnn show {}` lists them", kind.word,
                             section_key(kind.section)),
                 split);
  if (!uses_all_words(split, streams, files.world)) return kUsage;
  const Word& name = split.positionals[1];
  Diagnostics findings;
  const Entry entry = find_named(files.catalog, kind.section, name.text);
  if (!entry) report_unknown(files.catalog, kind.section, name.text, name.at, findings);
  if (!entry || !files.catalog.whole(kind.section, entry, findings)) {
    print_findings(findings, files.sources, split, streams, files.world);
    return kFindings;
  }
  streams.out(show_entry(kind.section, entry, files.sources, format, out_width(streams)));
  return kDone;
}

bool uses_all_words(const SplitArgv& split, const Streams& streams, const World& world) {
  const std::string& what = split.positionals.front().text;
  constexpr Option kUsed[] = {Option::Presets, Option::Format, Option::Color, Option::AppDir};
  for (const Given& given : split.given) {
    const bool used = std::any_of(std::begin(kUsed), std::end(kUsed),
                                  [&](Option option) { return given.row->id == option; }) ||
                      (given.row->id == Option::App && what == "presets");
    if (used || given.flag.at.source == kEnvironment) continue;
    misused(given.flag, fmt::format("show {} has no use for {}", what, given.flag.text), split,
            streams, world);
    return false;
  }
  if (split.overrides.empty()) return true;
  const Word& word = split.overrides.front();
  misused(word, fmt::format("show {} has no use for '{}'", what, word.text), split, streams, world);
  return false;
}

std::optional<AppId> listed_application(const InputFiles& files, const SplitArgv& split,
                                        const Streams& streams) {
  const auto app = split.value(Option::App);
  if (!app) return AppId{};
  if (const Entry entry = find_named(files.catalog, Section::Applications, app->text)) {
    const AppId known = parse_app_id(entry.name.text());
    return parse_app_id(app->text).release.empty() ? AppId{known.name, {}, {}} : known;
  }
  Diagnostics findings;
  report_unknown(files.catalog, Section::Applications, app->text, app->at, findings);
  print_findings(findings, files.sources, split, streams, files.world);
  return std::nullopt;
}

}  // namespace ipucnn::cli
