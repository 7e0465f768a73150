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
#include "ipucnn/imported_job.h"
#include "ipucnn/named_entry.h"

namespace ipucnn::cli {

std::optional<std::string> FileReader::read(const std::string& path, std::string& error) {
  return read_file(path, error);
}

bool FileReader::is_same(std::string_view path, const std::string& other) {
  std::error_code ignored;
  return path == other || std::filesystem::equivalent(path, other, ignored);
}

FolderText FileReader::below(const std::string& folder) {
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

InputFiles::InputFiles(const SplitArgv& split, const World& of)
    : world(of), project_only(tells_of_project(split)) {
  sources.set_command_line(split.text);
  sources.set_environment(split.environment);
  around.variable = of.variable;
  if (project_only) around.variable = [](std::string_view) { return std::optional<std::string>(); };
  around.program = of.self;
}

bool InputFiles::read(const std::vector<JobRequest>& requests, std::string& usage) {
  FileReader reader;
  auto standing = standing_files(world);
  if (project_only)
    std::erase_if(standing, [](const auto& file) { return file.layer != Layer::Project; });
  if (!read_inputs(*this, standing, requests, reader, usage)) return false;
  around.descriptors = descriptor_files(catalog, sources);
  return true;
}

const AppSchema* InputFiles::find_schema(const Word& application) {
  const Entry entry = find_named(catalog, Section::Applications, application.text);
  if (entry) return descriptors.find(entry, findings);
  report_unknown(catalog, Section::Applications, application.text, application.at, findings);
  return nullptr;
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

/// One file named by a word. False when it is wrong, or `usage` was set.
bool read_named(InputFiles& files, const Word& word, const SplitArgv& split, CheckScope& scope,
                std::string& usage) {
  FileReader reader;
  if (const auto known = find_read(files, word.text, reader)) {
    scope.named.files.push_back(*known);
    return true;
  }
  if (auto text = read_named_text(word.text, usage))
    return add_named_text(files, scope, {name_of_text(word.text), word.at}, *std::move(text),
                          split.value(Option::App));
  const auto [application, name] = parse_preset_name(word.text);
  if (!files.catalog.find_presets(name, application).empty())
    usage += fmt::format("\na preset is checked with --config {}", word.text);
  return false;
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
  ImportRequest request = import_request(split);
  request.plain = &scope.plain;
  for (const SourceId text : scope.texts)
    for (ImportedJob& command : commands_of(files, text, request))
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

}  // namespace ipucnn::cli
