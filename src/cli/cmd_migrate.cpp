#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/input_files.h"
#include "cli/request.h"
#include "ipucnn/migration.h"
#include "ipucnn/text_file.h"

namespace ipucnn::cli {
namespace {

/// A file of ours has no commands.
bool holds_presets(const Sources& sources, SourceId source) {
  Diagnostics ignored;
  if (command_source(sources.name(source), sources.text(source))) return false;
  const auto yaml = load_yaml(sources, source, ignored);
  return yaml && root(yaml->tree).find(section_key(Section::Presets));
}

int print(const Migrated& migrated, const InputFiles& files, const SplitArgv& split,
          const Streams& streams) {
  if (migrated.no_command) say(streams, "no training command was read");
  if (migrated.text) streams.out(*migrated.text);
  for (const std::string& place : migrated.left_out)
    say(streams, fmt::format("left as it is: the command at {}", place));
  print_findings(migrated.findings, files.sources, split, streams, files.world);
  return migrated.findings.has_errors() || !migrated.left_out.empty() ? kFindings : kDone;
}

}  // namespace

int cmd_migrate(const SplitArgv& split, const Streams& streams, const World& world) {
  const auto to = split.value(Option::To);
  if (!to) return usage(streams, "migrate needs --to RELEASE", split);
  InputFiles files(split, world);
  JobRequest request = request_of(split);
  const bool has_file = !split.positionals.empty();
  if (!has_file && !request.preset)
    return usage(streams, "migrate needs a file, or --config NAME", split);
  if (has_file && request.preset)
    return usage(streams, "migrate takes a file or --config NAME, not both", split);
  if (const auto status = read_or_say(files, {request}, split, streams)) return *status;
  request.suppressions = files.suppressions(split);
  if (!has_file) return print(migrate_preset(files, request, *to), files, split, streams);
  const std::string& path = split.positionals.front().text;
  std::string error;
  auto text = read_named_text(path, error);
  if (!text) return usage(streams, error, split);
  const SourceId source = files.sources.add(name_of_text(path), *std::move(text));
  if (holds_presets(files.sources, source))
    return usage(streams,
                 fmt::format("{} holds presets, and they are named: --presets FILE --config NAME",
                             files.sources.name(source)),
                 split);
  return print(migrate_commands(files, source, import_request(split), request, *to), files, split,
               streams);
}

}  // namespace ipucnn::cli
