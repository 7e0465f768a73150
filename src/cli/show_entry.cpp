#include "cli/show_entry.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.h"
#include "cli/commands.h"
#include "ipucnn/target.h"

namespace ipucnn::cli {
namespace {

struct Kind {
  std::string_view word;
  std::string_view words;
  Section section;
  FindingId unknown;
};
constexpr Kind kKinds[] = {
    {"target", "targets", Section::Targets, FindingId::K002},
    {"site", "sites", Section::Sites, FindingId::K004},
    {"profile", "profiles", Section::Profiles, FindingId::K005},
    {"job", "jobs", Section::Jobs, FindingId::K050},
};
constexpr std::string_view kLists[] = {"presets",  "targets", "apps",  "sites",
                                       "profiles", "jobs",    "config"};

const Kind* kind_of(const SplitArgv& split) {
  if (split.positionals.empty()) return nullptr;
  for (const Kind& kind : kKinds)
    if (kind.word == split.positionals.front().text) return &kind;
  return nullptr;
}

Entry find_entry(const Catalog& catalog, Section section, std::string_view name) {
  return section == Section::Targets ? find_target(catalog, name) : catalog.find(section, name);
}

}  // namespace

bool names_an_entry(const SplitArgv& split) { return kind_of(split) != nullptr; }

bool names_a_list(const SplitArgv& split) {
  return split.positionals.size() == 1 &&
         std::find(std::begin(kLists), std::end(kLists), split.positionals.front().text) !=
             std::end(kLists);
}

int show_named_entry(const InputFiles& files, const SplitArgv& split, ViewFormat format,
                     const Streams& streams) {
  const Kind& kind = *kind_of(split);
  if (split.positionals.size() < 2)
    return usage(streams,
                 fmt::format("show which {}? `ipucnn show {}` lists them", kind.word, kind.words),
                 split);
  if (!uses_all_words(split, streams)) return kUsage;
  const Word& name = split.positionals[1];
  Diagnostics findings;
  const Entry entry = find_entry(files.catalog, kind.section, name.text);
  if (!entry) {
    Diagnostic& d = findings.add(kind.unknown, name.at,
                                 fmt::format("there is no {} '{}'", kind.word, name.text));
    d.help = suggestion(name.text, files.catalog.names(kind.section));
    if (d.help.empty()) d.help = fmt::format("`ipucnn show {}` lists them", kind.words);
  }
  if (!entry || !files.catalog.whole(kind.section, entry, findings)) {
    print_findings(findings, files.sources, split, streams, files.world);
    return kFindings;
  }
  streams.out(show_entry(kind.section, entry, files.sources, format));
  return kDone;
}

bool uses_all_words(const SplitArgv& split, const Streams& streams) {
  const std::string& what = split.positionals.front().text;
  constexpr Option kUsed[] = {Option::Presets, Option::Format, Option::Color, Option::AppDir};
  for (const Given& given : split.given) {
    const bool used = std::any_of(std::begin(kUsed), std::end(kUsed),
                                  [&](Option option) { return given.row->id == option; }) ||
                      (given.row->id == Option::App && what == "presets");
    if (used || given.flag.at.source == kEnvironment) continue;
    usage(streams, fmt::format("show {} has no use for {}", what, given.flag.text), split);
    return false;
  }
  if (split.overrides.empty()) return true;
  usage(streams, fmt::format("show {} has no use for '{}'", what, split.overrides.front().text),
        split);
  return false;
}

std::optional<AppId> listed_application(const InputFiles& files, const SplitArgv& split,
                                        const Streams& streams) {
  const auto app = split.value(Option::App);
  if (!app) return AppId{};
  const AppId id = parse_app_id(app->text);
  for (const std::string_view name : files.catalog.names(Section::Applications)) {
    const AppId known = parse_app_id(name);
    // The names of the catalogue live longer than the words.
    if (known.name == id.name && (id.release.empty() || known.release == id.release))
      return AppId{known.name, id.release.empty() ? std::string_view{} : known.release, {}};
  }
  Diagnostics findings;
  findings.add(FindingId::K003, app->at, fmt::format("there is no application '{}'", app->text))
      .help = suggestion(app->text, files.catalog.names(Section::Applications));
  print_findings(findings, files.sources, split, streams, files.world);
  return std::nullopt;
}

}  // namespace ipucnn::cli
