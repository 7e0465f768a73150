// From a job of one application to presets of others.
#include <fmt/format.h>

#include <algorithm>

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

class Search {
 public:
  Search(const JobRequest& words, const AskedFigures& asked, const Descriptors& descriptors,
         const Surroundings& around, Equivalents& like)
      : words_(words), asked_(asked), descriptors_(descriptors), around_(around), like_(like) {
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

  bool met_network() const { return met_network_; }

 private:
  Job job_of(JobRequest request, const Word& name) const {
    request.preset = name;
    return resolve_job(request, descriptors_, around_, Occasion::Solve);
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
  const Descriptors& descriptors_;
  const Surroundings& around_;
  Equivalents& like_;
  JobRequest own_words_;
  std::vector<Candidate> found_;
  bool met_network_ = false;
};

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

bool find_equivalents(const JobRequest& words, const AskedFigures& asked,
                      const std::vector<Word>& candidates, const Descriptors& descriptors,
                      const Surroundings& around, Equivalents& like) {
  Search search(words, asked, descriptors, around, like);
  search.run(candidates);
  return search.met_network();
}

}  // namespace ipucnn
