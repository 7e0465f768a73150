#include "ipucnn/subjects.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace ipucnn {
namespace {

/// Those of the files, with what another file replaces, in the order of `all` and then of the
/// files.
std::vector<PresetRef> presets_of_files(const std::vector<SourceId>& files, const Catalog& catalog,
                                        const std::vector<PresetRef>& all) {
  const auto named = [&](SourceId source) {
    return std::find(files.begin(), files.end(), source) != files.end();
  };
  std::vector<PresetRef> chosen;
  std::map<std::pair<std::string_view, std::string_view>, Span> in_force;
  for (const PresetRef& ref : all) {
    in_force[{ref.application, ref.name.text()}] = ref.name.at();
    if (named(ref.name.at().source)) chosen.push_back(ref);
  }
  const auto add = [&](const Catalog::File& file, std::string_view application, Node presets) {
    presets.each_pair([&](Node name, Node body) {
      const auto known = in_force.find({application, name.text()});
      if (known != in_force.end() && known->second != name.at())
        chosen.push_back({application, name, body, file.layer, !file.application.empty()});
    });
  };
  for (const Catalog::File& file : catalog.files()) {
    if (!named(file.tree.source)) continue;
    if (!file.application.empty()) add(file, file.application, file.presets);
    if (file.application.empty())
      file.presets.each_pair(
          [&](Node application, Node presets) { add(file, application.text(), presets); });
  }
  return chosen;
}

std::vector<PresetRef> chosen_presets(const JobRequest& words, const SubjectWords& named,
                                      const Catalog& catalog) {
  const std::vector<SourceId>& files = named.files;
  std::vector<PresetRef> all =
      catalog.presets(words.application ? parse_app_id(words.application->text) : AppId{});
  const auto keep = [&](auto wanted) {
    std::erase_if(all, [&](const PresetRef& ref) { return !wanted(ref); });
  };
  const auto& known = catalog.files();
  if (named.layer)
    keep([&](const PresetRef& ref) { return ref.layer == *named.layer; });
  else if (!files.empty())
    return presets_of_files(files, catalog, all);
  else if (std::any_of(known.begin(), known.end(),
                       [](const Catalog::File& file) { return file.layer >= Layer::Project; }))
    keep([](const PresetRef& ref) { return ref.layer >= Layer::Project; });
  return all;
}

/// Null when it is wrong, which is reported when a preset of it is resolved.
const AppSchema* schema_of(const Descriptors& descriptors, AppId id) {
  const Entry entry = descriptors.catalog().find_application({id.name, id.release, {}});
  Diagnostics ignored;
  return entry ? descriptors.find(entry, ignored) : nullptr;
}

/// Whether the purpose is for presets of another group of the application.
bool is_for_others(const Descriptors& descriptors, const PresetRef& preset,
                   std::string_view purpose) {
  const AppId id = parse_app_id(preset.application);
  const AppSchema* schema = preset.upstream ? nullptr : schema_of(descriptors, id);
  const auto known = schema != nullptr ? schema->purpose(purpose) : std::nullopt;
  return known && known->takes_preset && known->preset_group != id.group;
}

/// Training and validation, else the first purpose that the group of presets is for.
std::vector<std::string> purposes_of(const Descriptors& descriptors, std::string_view application) {
  const AppId id = parse_app_id(application);
  const AppSchema* schema = schema_of(descriptors, id);
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

Subject& add_subject(const JobRequest& words, std::string_view shown, std::vector<Subject>& out) {
  Subject& added = out.emplace_back();
  added.request = words;
  added.name = shown;
  added.request.preset.reset();
  added.request.job.reset();
  return added;
}

class PresetSubjects {
 public:
  PresetSubjects(const Descriptors& descriptors, const JobRequest& words, std::vector<Subject>& out)
      : descriptors_(descriptors), words_(words), out_(out) {}

  void add(const Word& preset, std::string_view shown, std::string_view application) {
    if (words_.purpose) {
      add_subject(words_, shown, out_).request.preset = preset;
      return;
    }
    bool is_first = true;
    for (const std::string& purpose : purposes(application)) {
      Subject& one = add_subject(words_, shown, out_);
      one.request.preset = preset;
      one.request.purpose_assumed = true;
      one.request.purpose = Word{purpose, preset.at};
      if (purpose != "train") one.name += " (" + purpose + ")";
      // As in a job, whose later steps keep the figures of the first.
      if (!is_first) one.request.global_batch.reset();
      is_first = false;
    }
  }

 private:
  /// The presets of an application stand together.
  const std::vector<std::string>& purposes(std::string_view application) {
    if (!newest_ || *newest_ != application) {
      newest_ = application;
      purposes_ = purposes_of(descriptors_, application);
    }
    return purposes_;
  }

  const Descriptors& descriptors_;
  const JobRequest& words_;
  std::vector<Subject>& out_;
  std::optional<std::string_view> newest_;  ///< stands in a file of the catalog
  std::vector<std::string> purposes_;       ///< of its presets
};

}  // namespace

std::vector<Subject> preset_subjects(const JobRequest& words, const SubjectWords& named,
                                     const Descriptors& descriptors) {
  const Catalog& catalog = descriptors.catalog();
  std::vector<Subject> out;
  PresetSubjects subjects(descriptors, words, out);
  for (const Word& name : named.presets) {
    const auto [application, bare] = parse_preset_name(name.text);
    const auto found = catalog.find_presets(bare, application);
    subjects.add(name, name.text, found.empty() ? std::string_view() : found.back().application);
  }
  if (!named.presets.empty()) return out;
  const std::vector<PresetRef> presets = chosen_presets(words, named, catalog);
  out.reserve(2 * presets.size());
  for (const PresetRef& ref : presets) {
    if (words.purpose && is_for_others(descriptors, ref, words.purpose->text)) continue;
    const Word word{std::string(ref.application) + ":" + std::string(ref.name.text()),
                    ref.name.at()};
    subjects.add(word, ref.name.text(), ref.application);
  }
  return out;
}

std::vector<Subject> job_subjects(const JobRequest& words, const SubjectWords& named,
                                  const Catalog& catalog) {
  std::vector<Subject> out;
  const auto add = [&](const Word& name, Entry entry) {
    JobRequest& request = add_subject(words, "job " + name.text, out).request;
    request.job = name;
    // Another file's, where that replaces it.
    if (entry && catalog.find(Section::Jobs, name.text).name.at() != name.at) request.entry = entry;
  };
  for (const Word& name : named.jobs) add(name, {});
  if (!out.empty() || !named.presets.empty() || named.layer) return out;
  for (const Catalog::File& file : catalog.files()) {
    const bool wanted = named.files.empty() ? file.layer >= Layer::Project
                                            : std::find(named.files.begin(), named.files.end(),
                                                        file.tree.source) != named.files.end();
    if (!wanted || !file.application.empty()) continue;
    root(file.tree).find("jobs").each_pair([&](Node name, Node body) {
      add({std::string(name.text()), name.at()}, {name, body});
    });
  }
  return out;
}

std::vector<Subject> command_subjects(const JobRequest& words,
                                      const std::vector<ImportedJob>& commands,
                                      const Diagnostics& found, const Sources& sources) {
  std::vector<Subject> out;
  for (const ImportedJob& command : commands)
    out.push_back(
        {request_of(command, words, found, sources),
         fmt::format("{} ({}:{})", command.name, sources.name(command.at.source), command.at.line),
         &command});
  return out;
}

}  // namespace ipucnn
