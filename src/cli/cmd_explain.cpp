#include <fmt/format.h>

#include "base/suggest.h"
#include "cli/commands.h"
#include "cli/input_files.h"
#include "cli/request.h"
#include "ipucnn/suppression.h"
#include "ipucnn/view.h"

namespace ipucnn::cli {
namespace {

int explain_option(const Word& key, ViewFormat format, const SplitArgv& split,
                   const Streams& streams, const World& world) {
  InputFiles files(split, world);
  const JobRequest request = request_of(split);
  if (const auto status = read_or_say(files, {request}, split, streams)) return *status;
  const auto print = [&](const Diagnostics& findings) {
    print_findings(findings, files.sources, split, streams, world);
    return kFindings;
  };
  const Job job = resolve_job(request, files.descriptors, files.around, Occasion::DryRun);
  if (job.points.empty() || !job.points.front().shown) return print(job.all_findings());
  const CheckInput in = job.points.front().first().check_input();
  if (const auto text = explain_key(in, key.text, files.sources, format, out_width(streams))) {
    streams.out(*text);
    // Of a preset that can be planned nothing more is to be said.
    return job.first() != nullptr ? kDone : print(job.all_findings());
  }
  Diagnostics findings;
  findings
      .add(FindingId::K007, key.at,
           fmt::format("{} has no option '{}'", in.in.purpose.program, key.text))
      .help = suggestion(key.text, explainable_keys(in));
  return print(findings);
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
  if (split.positionals.size() != 1)
    return usage(streams, "explain takes one word: a key such as batch_size, or a finding's id",
                 split);
  const Word& what = split.positionals.front();
  // Without a preset there is no key to explain, so a slip in an id is one.
  const bool nearly_id = what.text.size() == 4 && what.text[0] >= 'A' && what.text[0] <= 'Z' &&
                         !split.has(Option::Config) && !split.has(Option::App);
  if (looks_like_id(what.text) || nearly_id) return explain_id(what, split, streams, world);
  return explain_option(what, view_format(split), split, streams, world);
}

}  // namespace ipucnn::cli
