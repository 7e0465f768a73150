#include "cli/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/imported.h"

namespace ipucnn::cli {
namespace {

std::vector<PresetRef> chosen_presets(const Pipeline& pipeline, const SplitArgv& split,
                                      const NamedFiles& files) {
  const Catalog& catalog = pipeline.catalog();
  const auto app = split.value(Option::App);
  std::vector<PresetRef> all = catalog.presets(app ? parse_app_id(app->text) : AppId{});
  const auto keep = [&](auto wanted) {
    std::erase_if(all, [&](const PresetRef& ref) { return !wanted(ref); });
  };
  const auto& known = catalog.files();
  if (!files.sources.empty())
    keep([&](const PresetRef& ref) {
      return std::find(files.sources.begin(), files.sources.end(), ref.name.at().source) !=
             files.sources.end();
    });
  else if (std::any_of(known.begin(), known.end(),
                       [](const Catalog::File& file) { return file.layer >= Layer::Project; }))
    keep([](const PresetRef& ref) { return ref.layer >= Layer::Project; });
  return all;
}

/// Training and validation, else the first purpose that the group of presets is for.
std::vector<std::string> purposes_of(Pipeline& pipeline, std::string_view application) {
  const AppId id = parse_app_id(application);
  const Entry entry = pipeline.catalog().find_application({id.name, id.release});
  Diagnostics ignored;  // a wrong descriptor is reported when the preset is resolved
  const AppSchema* schema = entry ? pipeline.schema_of(entry, ignored) : nullptr;
  std::vector<std::string> found;
  if (schema == nullptr) return {"train"};
  const auto takes = [&](std::string_view name) {
    const auto purpose = schema->purpose(name);
    return purpose && purpose->takes_preset && purpose->preset_group == id.group;
  };
  for (const std::string_view name : {"train", "validation"})
    if (takes(name)) found.emplace_back(name);
  if (!found.empty()) return found;
  for (const std::string_view name : schema->purposes())
    if (takes(name)) return {std::string(name)};
  return found;
}

void add_subjects(Pipeline& pipeline, const SplitArgv& split, const Word& preset,
                  std::string_view shown, std::string_view application, std::vector<Subject>& out) {
  if (const auto purpose = split.value(Option::Purpose)) {
    out.push_back({preset, *purpose, std::string(shown), {}, nullptr});
    return;
  }
  for (const std::string& purpose : purposes_of(pipeline, application))
    out.push_back(
        {preset,
         {purpose, preset.at},
         purpose == "train" ? std::string(shown) : std::string(shown) + " (" + purpose + ")",
         {},
         nullptr});
}

bool same_file(std::string_view known, const std::string& path) {
  std::error_code ignored;
  return std::filesystem::equivalent(known, path, ignored);
}

}  // namespace

NamedFiles load_files(Pipeline& pipeline, const SplitArgv& split, std::string& usage) {
  const auto app = split.value(Option::App);
  NamedFiles named{true, {}, {}};
  for (const Word& word : split.positionals) {
    const auto& files = pipeline.catalog().files();
    const auto known = std::find_if(files.begin(), files.end(), [&](const Catalog::File& file) {
      return file.layer != Layer::BuiltIn &&
             same_file(pipeline.sources().name(file.tree.source), word.text);
    });
    if (known != files.end()) {
      named.sources.push_back(known->tree.source);
      continue;
    }
    const auto text = take_command_text(pipeline, word.text, usage);
    if (!usage.empty()) return named;
    if (text) {
      named.texts.push_back(*text);
      continue;
    }
    // What is wrong with one file does not hide what is wrong with the next.
    const bool good = pipeline.load_named(word.text, app ? std::string_view(app->text) : "", usage);
    if (good) named.sources.push_back(files.back().tree.source);
    named.good = named.good && good;
    if (!usage.empty()) return named;
  }
  // A text may speak of presets that a file behind it holds.
  for (const SourceId text : named.texts)
    for (ImportedJob& job : import_text(pipeline, split, text))
      named.imported.push_back(std::move(job));
  return named;
}

std::vector<Subject> select_subjects(Pipeline& pipeline, const SplitArgv& split,
                                     const NamedFiles& files) {
  std::vector<Subject> out;
  const auto names = split.values(Option::Config);
  for (const Word& name : names) {
    const std::string_view text = name.text;
    const std::size_t colon = text.find(':');
    const AppId app = parse_app_id(colon == text.npos ? "" : text.substr(0, colon));
    const auto found =
        pipeline.catalog().find_presets(colon == text.npos ? text : text.substr(colon + 1), app);
    add_subjects(pipeline, split, name, name.text,
                 found.empty() ? std::string_view() : found.back().application, out);
  }
  if (!names.empty()) return out;
  for (const PresetRef& ref : chosen_presets(pipeline, split, files)) {
    const Word word{std::string(ref.application) + ":" + std::string(ref.name.text()),
                    ref.name.at()};
    add_subjects(pipeline, split, word, ref.name.text(), ref.application, out);
  }
  return out;
}

std::vector<Subject> select_imported(const Pipeline& pipeline, const NamedFiles& files) {
  std::vector<Subject> out;
  for (const ImportedJob& job : files.imported) {
    const std::string_view file = pipeline.sources().name(job.at.source);
    out.push_back({{}, {}, fmt::format("{} ({}:{})", job.name, file, job.at.line), {}, &job});
  }
  return out;
}

std::vector<Subject> select_jobs(const Pipeline& pipeline, const SplitArgv& split,
                                 const NamedFiles& files) {
  std::vector<Subject> out;
  for (const Word& name : split.values(Option::Job))
    out.push_back({{}, {}, "job " + name.text, name, nullptr});
  if (!out.empty() || split.has(Option::Config)) return out;
  for (const Catalog::File& file : pipeline.catalog().files()) {
    const auto& named = files.sources;
    const bool wanted =
        named.empty() ? file.layer >= Layer::Project
                      : std::find(named.begin(), named.end(), file.tree.source) != named.end();
    if (!wanted || !file.application.empty()) continue;
    root(file.tree).find("jobs").each_pair([&](Node name, Node) {
      const std::string text(name.text());
      out.push_back({{}, {}, "job " + text, Word{text, name.at()}, nullptr});
    });
  }
  return out;
}

bool not_meant_for(const SplitArgv& split, const Diagnostics& findings, std::size_t from) {
  const auto& all = findings.all();
  return !split.has(Option::Purpose) &&
         std::any_of(all.begin() + static_cast<std::ptrdiff_t>(from), all.end(),
                     [](const Diagnostic& d) { return d.id == FindingId::V004; });
}

void drop_findings(Diagnostics& findings, std::size_t from) {
  auto& all = findings.all();
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(from), all.end());
}

void drop_start_findings(Diagnostics& findings, std::size_t from, bool complete) {
  auto& all = findings.all();
  const auto settled_at_the_start = [&](const Diagnostic& d) {
    switch (d.id) {
      case FindingId::K021:
      case FindingId::V001:
        return !complete;
      case FindingId::D001:
      case FindingId::D002:
      case FindingId::P008:
      case FindingId::L001:
      case FindingId::L002:
        return true;
      default:
        return false;
    }
  };
  all.erase(std::remove_if(all.begin() + static_cast<std::ptrdiff_t>(from), all.end(),
                           settled_at_the_start),
            all.end());
}

World without_data_folder(const World& world) {
  World files = world;
  files.variable = [&world](std::string_view name) {
    return name == "DATA_DIR" ? std::nullopt : world.variable(name);
  };
  return files;
}

std::vector<Suppression> given_suppressions(const Pipeline& pipeline, const SplitArgv& split) {
  std::vector<Suppression> all;
  for (const Catalog::File& file : pipeline.catalog().files()) {
    if (file.layer == Layer::BuiltIn) continue;
    for (Suppression& leave : read_suppressions(pipeline.sources(), file.tree.source))
      all.push_back(std::move(leave));
  }
  for (Suppression& leave : pipeline.job_suppressions()) all.push_back(std::move(leave));
  for (const Word& id : split.values(Option::Allow)) all.push_back({id.text, id.at, 0, false});
  return all;
}

void allow_findings(Pipeline& pipeline, const SplitArgv& split) {
  std::vector<Suppression> leaves = given_suppressions(pipeline, split);
  apply_suppressions(leaves, pipeline.preset_at(), 0, pipeline.findings());
  // A comment may speak of another purpose or machine than this one.
  std::erase_if(leaves, [](const Suppression& leave) { return leave.line > 0; });
  report_unused(leaves, pipeline.findings());
}

}  // namespace ipucnn::cli
