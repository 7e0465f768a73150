#include <fmt/format.h>

#include "base/suggest.h"
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
  std::string error;
  const auto app = split.value(Option::App);
  const auto names = [&] { return files.catalog.names(Section::Applications); };
  if (!files.read({request_of(split)}, error)) {
    if (!error.empty()) return usage(streams, error, split);
    print_findings(files.findings, files.sources, split, streams, world);
    return kFindings;
  }
  if (!app)
    return usage(streams, fmt::format("schema {} needs --app: ", kind) + suggestion("", names()),
                 split);
  const Entry entry = files.catalog.find_application(parse_app_id(app->text));
  std::optional<AppSchema> schema;
  if (entry)
    schema = AppSchema::load(files.catalog, entry, files.findings);
  else
    files.findings
        .add(FindingId::K003, app->at, fmt::format("there is no application '{}'", app->text))
        .help = suggestion(app->text, names());
  if (!schema) {
    print_findings(files.findings, files.sources, split, streams, world);
    return kFindings;
  }
  streams.out(kind == "app" ? json_schema_of_descriptor(files.catalog, *schema)
                            : json_schema_of_configs(*schema));
  return kDone;
}

}  // namespace

int cmd_schema(const SplitArgv& split, const Streams& streams, const World& world) {
  const std::string kind = split.positionals.size() == 1 ? split.positionals.front().text : "";
  if (kind == "configs" || kind == "app") return print_of_application(kind, split, streams, world);
  if (kind != "ipucnn")
    return usage(streams,
                 "schema takes a file kind: ipucnn (files of ours), app (the descriptor of an "
                 "application, with --app) or configs (its configs.yml, with --app)",
                 split);
  streams.out(json_schema_of_own_files());
  return kDone;
}

}  // namespace ipucnn::cli
