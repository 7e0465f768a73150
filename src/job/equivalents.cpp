// From a job of one application to presets of others.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "ipucnn/find_equivalents.h"

namespace ipucnn {
namespace {

/// As short as --config takes it.
std::string name_for_config(const Catalog& catalog, const PresetRef& preset) {
  const std::string_view application = parse_app_id(preset.application).name;
  const auto same = catalog.find_presets(preset.name.text(), AppId{});
  const bool alone = std::all_of(same.begin(), same.end(), [&](const PresetRef& other) {
    return parse_app_id(other.application).name == application;
  });
  return (alone ? "" : std::string(application) + ":") + std::string(preset.name.text());
}

/// One preset that trains the network, and how near it is by itself.
struct Candidate {
  Word name;
  Answer answer;
  bool made_for_target = false;
  std::int64_t own_batch = 1;
};

/// Adds to `like` the presets that can do the same as its job, best first, and those that cannot.
class Search {
 public:
  Search(const JobRequest& words, const AskedFigures& asked, const JobInputs& inputs,
         Equivalents& like)
      : words_(words), asked_(asked), in_(inputs), like_(like) {
    asked_.global_batch = like.global_batch;
    own_words_.presets = words.presets;
    own_words_.application = words.application;
    own_words_.app_dir = words.app_dir;
  }

  void run(const std::vector<Word>& names) {
    for (const Word& name : names) try_preset(name);
    rank();
    for (const Candidate& c : found_) like_.proposals.push_back({c.name.text, c.answer});
  }

  /// Whether one was for the job's network.
  bool met_network() const { return met_network_; }

 private:
  Job job_of(JobRequest request, const Word& name) const {
    request.preset = name;
    return resolve_job(std::move(request), in_.descriptors, in_.around, Occasion::Solve);
  }

  void try_preset(const Word& name) {
    const Job job = job_of(words_, name);
    const JobPoint* point = job.first();
    if (point == nullptr) return;
    const CheckInput in = point->first().check_input();
    const auto network = network_of(in);
    if (!words_.preset && (!network || *network != like_.network)) return;
    met_network_ = true;
    for (const Diagnostic& d : point->findings.all()) {
      if (d.severity != Severity::Error) continue;
      like_.refused.push_back({name.text, fmt::format("{}: {}", finding_info(d.id).id, d.message)});
      return;
    }
    const auto space = solve_space(point->first(), asked_);
    if (!space) return;
    const Solution solution = solve(*space);
    if (solution.violated)
      like_.refused.push_back({name.text, relation_text(*solution.violated, *space)});
    else
      add(name, solution.answers.front(), in.target.target.name);
  }

  void add(const Word& name, const Answer& answer, std::string_view target) {
    Candidate found{name, answer, false, 1};
    const Job own = job_of(own_words_, name);
    if (const JobPoint* point = own.first()) {
      const JobStep& step = point->first();
      found.made_for_target = step.target.target.name == target;
      if (step.geometry.global_batch) found.own_batch = step.geometry.global_batch->value;
    }
    found_.push_back(std::move(found));
  }

  void rank() {
    const auto factor = [&](const Candidate& c) {
      const auto [low, high] = std::minmax(c.own_batch, like_.global_batch);
      return static_cast<double>(high) / static_cast<double>(low);
    };
    std::stable_sort(found_.begin(), found_.end(), [&](const Candidate& a, const Candidate& b) {
      if (a.made_for_target != b.made_for_target) return a.made_for_target;
      return factor(a) < factor(b);
    });
  }

  const JobRequest& words_;
  AskedFigures asked_;
  const JobInputs& in_;
  Equivalents& like_;
  JobRequest own_words_;
  std::vector<Candidate> found_;
  bool met_network_ = false;
};

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

/// The first proposal as a job, and what the options of the one that is to be met are in it.
std::optional<Job> best_of(const JobRequest& words, const Word& like, const JobStep& reference,
                           const JobInputs& inputs, Equivalents& found) {
  if (found.proposals.empty()) return std::nullopt;
  JobRequest request = words;
  request.preset = Word{found.proposals.front().preset, like.at};
  Job best = resolve_job(std::move(request), inputs.descriptors, inputs.around, Occasion::Solve);
  if (best.first() != nullptr)
    found.options = counterparts(reference.check_input(), best.first()->first().check_input());
  return best;
}

/// The presets that `words` leave open, of other applications than `not_of`, as --config takes
/// them: one for all releases of an application.
std::vector<Word> candidate_presets(const JobRequest& words, std::string_view not_of,
                                    const Catalog& catalog, Span at) {
  if (words.preset) return {*words.preset};
  std::vector<Word> names;
  const AppId of = words.application ? parse_app_id(words.application->text) : AppId{};
  for (const PresetRef& ref : catalog.presets(of)) {
    const AppId id = parse_app_id(ref.application);
    if (id.name == not_of || !id.group.empty()) continue;
    std::string name = name_for_config(catalog, ref);
    if (std::none_of(names.begin(), names.end(), [&](const Word& w) { return w.text == name; }))
      names.push_back({std::move(name), at});
  }
  return names;
}

}  // namespace

std::optional<SolveSpace> solve_space(const JobStep& step, const AskedFigures& asked) {
  auto space = solve_space(step.check_input(), asked.accumulation);
  if (!space) return space;
  if (asked.micro_batch) space->asked_micro_batch = asked.micro_batch;
  if (asked.replicas) space->asked_replicas = asked.replicas;
  if (asked.global_batch) space->asked_global_batch = asked.global_batch;
  if (asked.instances) space->asked_instances = asked.instances;
  space->ipus_per_replica = asked.ipus_per_replica.value_or(space->ipus_per_replica);
  return space;
}

EquivalentJobs find_equivalents(const JobRequest& words, const AskedFigures& asked,
                                const Word& like, const JobInputs& inputs) {
  EquivalentJobs out{std::nullopt, std::nullopt, inputs.findings};
  const auto fail = [&](FindingId id, std::string message, std::string help) {
    out.findings.add(id, like.at, std::move(message)).help = std::move(help);
  };
  const Job there = resolve_job(reference_of(words, like, inputs.catalog), inputs.descriptors,
                                inputs.around, Occasion::Solve);
  out.findings.add(there.all_findings());
  if (there.first() == nullptr) return out;
  const JobStep& reference = there.first()->first();
  const AppSchema& schema = reference.schema();
  const auto network = network_of(reference.check_input());
  if (!network || !reference.geometry.global_batch) {
    fail(FindingId::B023,
         fmt::format("'{}' trains no network that {} names", like.text, schema.id()),
         "`networks:` of its descriptor names them by their options");
    return out;
  }
  Equivalents found;
  found.job = like.text;
  found.application = std::string(schema.id());
  found.network = std::string(*network);
  found.global_batch = asked.global_batch.value_or(reference.geometry.global_batch->value);
  Search search(words, asked, inputs, found);
  search.run(candidate_presets(words, schema.name(), inputs.catalog, like.at));
  if (!search.met_network()) {
    fail(FindingId::B023, fmt::format("no preset of another application is for {}", found.network),
         "there are presets for " + known_networks(inputs.catalog, schema.name()));
    return out;
  }
  out.best = best_of(words, like, reference, inputs, found);
  if (!out.best)
    fail(FindingId::B020,
         fmt::format("nothing fits: no preset for {} meets a global batch of {} here",
                     found.network, found.global_batch),
         "ask for another --global-batch or --target");
  out.found = std::move(found);
  return out;
}

}  // namespace ipucnn
