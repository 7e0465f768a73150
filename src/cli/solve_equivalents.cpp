// From a job of one application to presets of others.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/input_files.h"
#include "cli/request.h"
#include "cli/solving.h"
#include "ipucnn/view.h"

namespace ipucnn::cli {
namespace {

/// The job or else the preset that is to be met, with the files that the words name.
JobRequest reference_of(const JobRequest& words, const Word& like, const Catalog& catalog) {
  JobRequest request;
  request.presets = words.presets;
  const bool preset = !catalog.find(Section::Jobs, like.text) &&
                      !catalog.find_presets(parse_preset_name(like.text).name, AppId{}).empty();
  (preset ? request.preset : request.job) = like;
  return request;
}

std::string known_networks(const Catalog& catalog, std::string_view not_of) {
  std::vector<std::string> names;
  for (const Entry& entry : catalog.entries(Section::Applications)) {
    if (parse_app_id(entry.name.text()).name == not_of) continue;
    entry.body.find("networks").each_pair([&](Node name, Node) {
      if (std::find(names.begin(), names.end(), name.text()) == names.end())
        names.emplace_back(name.text());
    });
  }
  return join(names, ", ");
}

class Comparison {
 public:
  Comparison(const Word& like, const SplitArgv& split, const Streams& streams, InputFiles& files)
      : like_(like),
        split_(split),
        streams_(streams),
        files_(files),
        words_(request_of(split)),
        findings_(files.findings) {}

  int run() {
    const Job there = resolve(reference_of(words_, like_, files_.catalog));
    findings_.add(there.all_findings());
    if (there.first() == nullptr) return print();
    const JobStep& reference = there.first()->first();
    const auto network = network_of(reference.check_input());
    if (!network || !reference.geometry.global_batch)
      return fail(
          FindingId::B023,
          fmt::format("'{}' trains no network that {} names", like_.text, reference.schema().id()),
          "`networks:` of its descriptor names them by their options");
    const AskedFigures asked = asked_figures(split_);
    Equivalents found{like_.text,
                      std::string(reference.schema().id()),
                      std::string(*network),
                      asked.global_batch.value_or(reference.geometry.global_batch->value),
                      {},
                      {},
                      {}};
    const std::string_view other = reference.schema().name();
    if (!find_equivalents(words_, asked, candidate_presets(words_, other, files_.catalog, like_.at),
                          files_.descriptors, files_.around, found))
      return fail(FindingId::B023,
                  fmt::format("no preset of another application is for {}", found.network),
                  "there are presets for " + known_networks(files_.catalog, other));
    return show(reference, found);
  }

 private:
  Job resolve(const JobRequest& request) const {
    return resolve_job(request, files_.descriptors, files_.around, Occasion::Solve);
  }

  int show(const JobStep& reference, Equivalents& found) {
    std::optional<Job> best;
    if (!found.proposals.empty()) {
      JobRequest request = words_;
      request.preset = Word{found.proposals.front().preset, like_.at};
      best = resolve(request);
      if (best->first() != nullptr)
        found.options = counterparts(reference.check_input(), best->first()->first().check_input());
    }
    const auto format = split_.value(Option::Format);
    const bool as_json = format && format->text == "json";
    streams_.out(show_equivalents(found, as_json ? ViewFormat::Json : ViewFormat::Text));
    if (!best)
      return fail(FindingId::B020,
                  fmt::format("nothing fits: no preset for {} meets a global batch of {} here",
                              found.network, found.global_batch),
                  "ask for another --global-batch or --target");
    const auto& first = found.proposals.front();
    if (!as_json && best->first() != nullptr)
      say(streams_, "the first is started by " +
                        command_text(best->first()->first(), split_, first.preset, first.answer));
    return kDone;
  }

  int print() {
    print_findings(findings_, files_.sources, split_, streams_, files_.world);
    return kFindings;
  }

  int fail(FindingId id, std::string message, std::string help) {
    findings_.add(id, like_.at, std::move(message)).help = std::move(help);
    return print();
  }

  const Word& like_;
  const SplitArgv& split_;
  const Streams& streams_;
  InputFiles& files_;
  JobRequest words_;
  Diagnostics findings_;
};

}  // namespace

int solve_like(const Word& like, const SplitArgv& split, const Streams& streams,
               const World& world) {
  InputFiles files(split, world);
  JobRequest words = request_of(split);
  JobRequest reference;
  reference.preset = like;  // of a large file of presets more than one may be needed
  if (const auto status = read_or_say(files, {words, reference}, split, streams)) return *status;
  return Comparison(like, split, streams, files).run();
}

}  // namespace ipucnn::cli
