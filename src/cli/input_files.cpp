#include "cli/input_files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/files.h"
#include "cli/request.h"
#include "ipucnn/file_schema.h"
#include "ipucnn/host_list.h"

namespace ipucnn::cli {
namespace {

bool same_file(std::string_view known, const std::string& path) {
  std::error_code ignored;
  return known == path || std::filesystem::equivalent(known, path, ignored);
}

/// The files of a folder that a release may be told by, each read when it is first asked for.
FolderText texts_below(const std::string& folder) {
  return [folder, known = std::map<std::string, std::optional<std::string>>()](
             const std::string& name) mutable {
    const auto [entry, is_new] = known.try_emplace(name);
    const std::string path = folder + "/" + name;
    std::string error;
    if (is_new && ::access(path.c_str(), R_OK) == 0)
      entry->second = read_file(path, error).value_or("");
    return entry->second;
  };
}

}  // namespace

InputFiles::InputFiles(const SplitArgv& split, const World& of)
    : world(of), project_only(tells_of_project(split)) {
  sources.set_command_line(split.text);
  sources.set_environment(split.environment);
  around.variable = of.variable;
  if (project_only) around.variable = [](std::string_view) { return std::optional<std::string>(); };
  around.program = of.self;
}

std::optional<SourceId> InputFiles::read_file(const NeededFiles::File& file, std::string& usage) {
  // Another spelling of a file that was read is the same file. What a checkout holds is asked for
  // as such, whoever else named it.
  if (file.layer != Layer::Checkout)
    for (const ReadFile& known : around.files)
      if (same_file(known.path, file.path.text)) {
        const SourceId source = known.source;
        around.files.push_back({file.path.text, source});
        return source;
      }
  auto text = cli::read_file(file.path.text, usage);
  return text ? add_text(file, std::move(*text)) : std::nullopt;
}

std::optional<SourceId> InputFiles::add_text(const NeededFiles::File& file, std::string text) {
  const SourceId source = sources.add(file.path.text, std::move(text));
  around.files.push_back({file.path.text, source});
  if (!catalog.add(sources, source, file.layer, file.application, findings, file.only))
    return std::nullopt;
  const Catalog::File& added = catalog.files().back();
  const bool good = !added.application.empty() || added.tree.source != source ||
                    check_file_schema(catalog, added.tree, findings);
  return good ? std::optional(source) : std::nullopt;
}

bool InputFiles::read(const std::vector<JobRequest>& requests, std::string& usage) {
  for (const FoundFile& file : standing_files(world))
    if ((!project_only || file.layer == Layer::Project) &&
        !read_file({{file.path, {}}, file.layer, {}, {}}, usage))
      return false;
  for (NeededFiles needed = files_needed(requests, catalog, around); !needed.empty();
       needed = files_needed(requests, catalog, around)) {
    for (const NeededFiles::File& file : needed.files)
      if (!read_file(file, usage)) return false;
    for (const NeededFiles::HostFile& file : needed.hostfiles) {
      std::string unread;
      const std::filesystem::path path = std::filesystem::path(file.folder) / file.path;
      const auto text = cli::read_file(path.string(), unread);
      around.hostfiles.push_back(
          {file.path,
           text ? std::optional<std::int64_t>(resolving::hosts_of_file(*text)) : std::nullopt});
    }
    for (const NeededFiles::Folder& folder : needed.folders) {
      around.checkouts.push_back(
          recognise_checkout(catalog, folder, texts_below(folder.path.text), findings));
      if (findings.has_errors()) return false;
    }
  }
  around.descriptors = descriptor_files(catalog, sources);
  return true;
}

std::optional<int> read_or_say(InputFiles& files, const std::vector<JobRequest>& requests,
                               const SplitArgv& split, const Streams& streams) {
  std::string error;
  if (files.read(requests, error)) return std::nullopt;
  if (!error.empty()) return usage(streams, error, split);
  print_findings(files.findings, files.sources, split, streams, files.world);
  return kFindings;
}

namespace {

/// Whether a text is YAML of some other program: then nothing of ours is wrong in it.
bool is_foreign(InputFiles& files, const std::string& path, const std::string& text) {
  Diagnostics ignored;  // what is no YAML at all is reported when it is read as ours
  const auto document = load_yaml(files.sources, files.sources.add(path, text), ignored);
  return document != nullptr && files.catalog.is_foreign(root(document->tree));
}

/// Whether neither its name nor how it begins tells of YAML, and it is none.
bool is_no_yaml(const Word& file, const std::string& text) {
  const auto ends = [&](std::string_view end) { return file.text.ends_with(end); };
  const bool piped = file.text == "standard input";
  if (ends(".yml") || ends(".yaml") || ends(".json") || text.empty() ||
      (piped && text.substr(0, text.find('\n')).find(':') != text.npos))
    return false;
  Sources sources;
  Diagnostics ignored;
  const auto document = load_yaml(sources, sources.add(file.text, text), ignored);
  return document == nullptr || !(root(document->tree).is_map() || root(document->tree).is_null());
}

/// Only a warning: whoever names all files of a folder means those of ours.
void add_no_file_of_ours(InputFiles& files, const std::string& name, std::string text,
                         std::string_view why) {
  files.findings
      .add(FindingId::K003, {files.sources.add(name, std::move(text)), 1, 1, 1},
           fmt::format("this is no file of ipucnn's{}", why))
      .severity = Severity::Warning;
}

/// One file named by a word. False when it is wrong, or `usage` was set.
bool read_named(InputFiles& files, const Word& word, const SplitArgv& split, CheckScope& scope,
                std::string& usage) {
  const auto& read = files.around.files;
  const auto known = std::find_if(read.begin(), read.end(), [&](const ReadFile& file) {
    return same_file(file.path, word.text);
  });
  if (known != read.end()) {
    scope.named.files.push_back(known->source);
    return true;
  }
  const bool piped = word.text == "-";
  auto text = piped ? read_standard_input(usage) : read_file(word.text, usage);
  if (!text) {
    const auto [application, name] = parse_preset_name(word.text);
    if (!files.catalog.find_presets(name, application).empty())
      usage += fmt::format("\na preset is checked with --config {}", word.text);
    return false;
  }
  const Word file{piped ? "standard input" : word.text, word.at};
  if (command_source(file.text, *text)) {
    const SourceId source = files.sources.add(file.text, std::move(*text));
    scope.texts.push_back(source);
    return true;
  }
  const auto app = split.value(Option::App);
  if (!app && is_no_yaml(file, *text)) {
    add_no_file_of_ours(files, file.text, *std::move(text),
                        ", and none with commands that it reads");
    return true;
  }
  if (!app && is_foreign(files, word.text, *text)) {
    add_no_file_of_ours(files, word.text, *std::move(text),
                        ": it has none of its keys, and no application is known whose presets "
                        "have these");
    return true;
  }
  const std::size_t before = files.catalog.files().size();
  const auto source =
      files.add_text({file, Layer::Named, app ? app->text : "", {}}, std::move(*text));
  if (source) scope.named.files.push_back(*source);
  if (source && files.catalog.files().size() == before)
    files.findings
        .add(FindingId::Y011, Span{*source, 1, 1, 0},
             fmt::format("{} holds nothing to check", word.text))
        .help = "`ipucnn init` writes a file to start from";
  return source.has_value();
}

}  // namespace

std::optional<CheckScope> read_scope(InputFiles& files, const SplitArgv& split,
                                     std::string& usage) {
  CheckScope scope{request_of(split),
                   {split.values(Option::Config), split.values(Option::Job), {}}};
  scope.words.preset.reset();  // several may be named
  scope.files_named = !split.positionals.empty();
  scope.locked = split.has(Option::Locked);
  // A checkout that is named here and now is meant by itself.
  const bool checkout = scope.words.app_dir && scope.words.app_dir->at.source == kCommandLine;
  if (split.has(Option::Builtin))
    scope.named.layer = Layer::BuiltIn;
  else if (checkout && !scope.files_named)
    scope.named.layer = Layer::Checkout;
  scope.narrowed = !split.overrides.empty() ||
                   std::any_of(split.given.begin(), split.given.end(),
                               [](const Given& given) { return given.row->is(kNarrows); });
  if (!files.read({scope.words}, usage)) return std::nullopt;
  bool good = true;
  for (const Word& word : split.positionals) {
    // What is wrong with one file does not hide what is wrong with the next.
    good = read_named(files, word, split, scope, usage) && good;
    if (!usage.empty()) return std::nullopt;
  }
  scope.words.suppressions = files.suppressions(split);
  // A text may speak of presets that a file behind it holds.
  for (const SourceId text : scope.texts)
    for (ImportedJob& command : commands_of(files, split, text, &scope.plain))
      scope.commands.push_back(std::move(command));
  return good ? std::optional(std::move(scope)) : std::nullopt;
}

ImportRequest import_request(const SplitArgv& split) {
  ImportRequest request;
  for (const Given& given : split.given) {
    if (given.row->id == Option::App && given.value)
      request.application = parse_app_id(given.value->text);
    if (given.row->id == Option::Launch && given.value && given.value->text.rfind("sdk=", 0) == 0)
      request.sdk = std::string_view(given.value->text).substr(4);
  }
  return request;
}

std::vector<ImportedJob> commands_of(InputFiles& files, const SplitArgv& split, SourceId source,
                                     std::size_t* plain) {
  ImportRequest request = import_request(split);
  request.plain = plain;
  const Sources& sources = files.sources;
  request.kind =
      command_source(sources.name(source), sources.text(source)).value_or(CommandSource::Shell);
  return import_commands(files.catalog, sources, source, request, files.findings);
}

}  // namespace ipucnn::cli
