#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/input_files.h"
#include "cli/request.h"
#include "ipucnn/view.h"

namespace ipucnn::cli {
namespace {

/// Of one application: a file of its presets, or its descriptor.
int print_of_application(std::string_view kind, const SplitArgv& split, const Streams& streams,
                         const World& world) {
  InputFiles files(split, world);
  if (const auto status = read_or_say(files, {request_of(split)}, split, streams)) return *status;
  const auto app = split.value(Option::App);
  if (!app)
    return usage(streams,
                 fmt::format("schema {} needs --app; `ipucnn show apps` lists what it takes", kind),
                 split);
  const AppSchema* schema = files.find_schema(*app);
  if (schema == nullptr) {
    print_findings(files.findings, files.sources, split, streams, world);
    return kFindings;
  }
  streams.out(kind == "app" ? json_schema_of_descriptor(files.catalog, *schema)
                            : json_schema_of_configs(*schema));
  return kDone;
}

}  // namespace

std::string schema_of_own_files(const SplitArgv& split, const World& world) {
  // A file that is wrong is what its author wants a schema for.
  InputFiles files(split, world);
  std::string unread;
  files.read({request_of(split)}, unread);
  Diagnostics ignored;
  std::vector<const AppSchema*> applications;
  for (const Entry& entry : files.catalog.entries(Section::Applications))
    if (const AppSchema* schema = files.descriptors.find(entry, ignored))
      applications.push_back(schema);
  return json_schema_of_own_files(applications);
}

int cmd_schema(const SplitArgv& split, const Streams& streams, const World& world) {
  const std::string kind = split.positionals.size() == 1 ? split.positionals.front().text : "";
  if (kind == "configs" || kind == "app") return print_of_application(kind, split, streams, world);
  if (kind != "ipucnn")
    return usage(streams,
                 "schema takes a file kind: ipucnn (files of ours), app (the descriptor of an "
                 "application, with --app) or configs (its configs.yml, with --app)",
                 split);
  streams.out(schema_of_own_files(split, world));
  return kDone;
}

}  // namespace ipucnn::cli
