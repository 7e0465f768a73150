#include <fmt/format.h>

#include "base/suggest.h"
#include "cli/commands.h"
#include "cli/explain_id.h"
#include "cli/pipeline.h"
#include "ipucnn/suppression.h"
#include "ipucnn/view.h"

namespace ipucnn::cli {
namespace {

int explain_option(const Word& key, ViewFormat format, const SplitArgv& split,
                   const Streams& streams, const World& world) {
  Pipeline pipeline(world);
  if (const auto status = load_or_say(pipeline, split, streams, world)) return *status;
  if (!pipeline.resolve(split, split.value(Option::Config))) {
    print_findings(pipeline.findings(), pipeline.sources(), split, streams, world);
    return kFindings;
  }
  const CheckInput in = pipeline.check_input();
  if (const auto text = explain_key(in, key.text, pipeline.sources(), format)) {
    streams.out(*text);
    return kDone;
  }
  pipeline.findings().all().clear();
  Diagnostic& d =
      pipeline.findings().add(FindingId::K007, key.at,
                              fmt::format("{} has no option '{}'", in.in.purpose.script, key.text));
  d.help = suggestion(key.text, explainable_keys(in));
  print_findings(pipeline.findings(), pipeline.sources(), split, streams, world);
  return kFindings;
}

int explain_id(const Word& id, const SplitArgv& split, const Streams& streams, const World& world) {
  if (const auto text = explain_finding(id.text)) {
    streams.out(*text);
    return kDone;
  }
  Sources sources;
  sources.set_command_line(split.text);
  Diagnostics findings;
  report_unknown_finding(id.text, id.at, findings);
  print_findings(findings, sources, split, streams, world);
  return kFindings;
}

}  // namespace

int cmd_explain(const SplitArgv& split, const Streams& streams, const World& world) {
  const auto format = split.value(Option::Format);
  if (split.positionals.size() != 1)
    return usage(streams, "explain takes one word: a key such as batch_size, or a finding's id",
                 split);
  const Word& what = split.positionals.front();
  if (looks_like_id(what.text)) return explain_id(what, split, streams, world);
  return explain_option(what,
                        format && format->text == "json" ? ViewFormat::Json : ViewFormat::Text,
                        split, streams, world);
}

}  // namespace ipucnn::cli
