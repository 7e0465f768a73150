// From a job of one application to presets of others.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/selection.h"
#include "cli/solving.h"
#include "ipucnn/equivalents.h"
#include "ipucnn/view.h"

namespace ipucnn::cli {
namespace {

void keep_words(SplitArgv& split, std::initializer_list<Option> kept) {
  std::erase_if(split.given, [&](const Given& given) {
    return std::find(kept.begin(), kept.end(), given.row->id) == kept.end();
  });
}

/// A job of this name, else a preset.
bool resolve_reference(Pipeline& there, const Word& like, const SplitArgv& split) {
  SplitArgv words = split;
  keep_words(words, {Option::Presets, Option::Color});
  words.overrides.clear();
  const std::string_view text = like.text;
  const bool preset =
      !there.catalog().find(Section::Jobs, text) &&
      !there.catalog().find_presets(text.substr(text.find(':') + 1), AppId{}).empty();
  if (preset) return there.resolve(words, like);
  return there.take_job(like) && there.resolve(words, std::nullopt);
}

/// As short as --config takes it.
std::string name_for_config(const Catalog& catalog, const PresetRef& preset) {
  const std::string_view application = parse_app_id(preset.application).name;
  const auto same = catalog.find_presets(preset.name.text(), AppId{});
  const bool alone = std::all_of(same.begin(), same.end(), [&](const PresetRef& other) {
    return parse_app_id(other.application).name == application;
  });
  return (alone ? "" : std::string(application) + ":") + std::string(preset.name.text());
}

/// Presets that --config takes by this name, one for all releases of an application.
std::vector<Word> candidates(const Pipeline& pipeline, std::string_view not_of,
                             const SplitArgv& split, Span at) {
  if (const auto named = split.value(Option::Config)) return {*named};
  const auto app = split.value(Option::App);
  std::vector<Word> names;
  for (const PresetRef& ref : pipeline.catalog().presets(app ? parse_app_id(app->text) : AppId{})) {
    const AppId id = parse_app_id(ref.application);
    if (id.name == not_of || !id.group.empty()) continue;
    std::string name = name_for_config(pipeline.catalog(), ref);
    if (std::none_of(names.begin(), names.end(), [&](const Word& w) { return w.text == name; }))
      names.push_back({std::move(name), at});
  }
  return names;
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
  Search(Pipeline& here, const SplitArgv& split, Equivalents& like)
      : here_(here), split_(split), like_(like), own_words_(split) {
    keep_words(own_words_, {Option::Presets, Option::App, Option::AppDir, Option::Color});
  }

  void run(const std::vector<Word>& names) {
    const std::size_t from = here_.findings().all().size();
    for (const Word& name : names) {
      try_preset(name);
      drop_findings(here_.findings(), from);
    }
    rank();
    for (const Candidate& c : found_) like_.proposals.push_back({c.name.text, c.answer});
  }

  bool met_network() const { return met_network_; }

 private:
  void try_preset(const Word& name) {
    Diagnostics& findings = here_.findings();
    if (!here_.resolve(split_, name)) return;
    const CheckInput in = here_.check_input();
    const auto network = network_of(in);
    if (!split_.has(Option::Config) && (!network || *network != like_.network)) return;
    met_network_ = true;
    std::erase_if(findings.all(), settled_by_solving);
    if (findings.has_errors()) {
      const auto& all = findings.all();
      const auto error = std::find_if(all.begin(), all.end(), [](const Diagnostic& d) {
        return d.severity == Severity::Error;
      });
      like_.refused.push_back(
          {name.text, fmt::format("{}: {}", finding_info(error->id).id, error->message)});
      return;
    }
    auto space = solve_space(in, asked_accumulation(split_, findings));
    if (!space) return;
    take_requests(split_, *space, findings);
    space->asked_global_batch = like_.global_batch;
    const Solution solution = solve(*space);
    if (solution.violated)
      like_.refused.push_back({name.text, relation_text(*solution.violated, *space)});
    else
      add(name, solution.answers.front(), in.target.target.name);
  }

  void add(const Word& name, const Answer& answer, std::string_view target) {
    Candidate found{name, answer, false, 1};
    const std::string asked(target);
    if (here_.resolve(own_words_, name)) {
      const CheckInput own = here_.check_input();
      found.made_for_target = own.target.target.name == asked;
      if (own.geometry.global_batch) found.own_batch = own.geometry.global_batch->value;
    }
    found_.push_back(std::move(found));
  }

  /// Those for this machine first, then those that batch and micro batch change the least for.
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

  Pipeline& here_;
  const SplitArgv& split_;
  Equivalents& like_;
  SplitArgv own_words_;
  std::vector<Candidate> found_;
  bool met_network_ = false;
};

std::string known_networks(const Pipeline& pipeline, std::string_view not_of) {
  std::vector<std::string> names;
  for (const Entry& entry : pipeline.catalog().entries(Section::Applications)) {
    if (parse_app_id(entry.name.text()).name == not_of) continue;
    entry.body.find("networks").each_pair([&](Node name, Node) {
      if (std::find(names.begin(), names.end(), name.text()) == names.end())
        names.emplace_back(name.text());
    });
  }
  return join(names, ", ");
}

}  // namespace

int solve_like(const Word& like, const SplitArgv& split, const Streams& streams,
               const World& world) {
  const bool as_json = split.value(Option::Format) && split.value(Option::Format)->text == "json";
  Pipeline there(world);
  if (const auto status = load_or_say(there, split, streams, world)) return *status;
  const auto print = [&](Pipeline& pipeline) {
    print_findings(pipeline.findings(), pipeline.sources(), split, streams, world);
  };
  const auto fail = [&](FindingId id, std::string message, std::string help) {
    there.findings().add(id, like.at, std::move(message)).help = std::move(help);
    print(there);
    return kFindings;
  };
  if (!resolve_reference(there, like, split)) {
    print(there);
    return kFindings;
  }
  const CheckInput reference = there.check_input();
  std::erase_if(there.findings().all(), settled_by_solving);
  const auto network = network_of(reference);
  if (!network || !reference.geometry.global_batch)
    return fail(
        FindingId::B023,
        fmt::format("'{}' trains no network that {} names", like.text, reference.in.schema.id()),
        "`networks:` of its descriptor names them by their options");
  Equivalents likeness{like.text,
                       std::string(reference.in.schema.id()),
                       std::string(*network),
                       reference.geometry.global_batch->value,
                       {},
                       {},
                       {}};

  Pipeline here(world);
  if (const auto status = load_or_say(here, split, streams, world)) return *status;
  SolveSpace requests;
  take_requests(split, requests, here.findings());
  if (here.findings().has_errors()) {
    print(here);
    return kFindings;
  }
  if (requests.asked_global_batch) likeness.global_batch = *requests.asked_global_batch;
  const std::string_view other = reference.in.schema.name();
  Search search(here, split, likeness);
  search.run(candidates(here, other, split, like.at));
  if (!search.met_network())
    return fail(FindingId::B023,
                fmt::format("no preset of another application is for {}", likeness.network),
                "there are presets for " + known_networks(here, other));
  if (!likeness.proposals.empty() &&
      here.resolve(split, Word{likeness.proposals.front().preset, like.at}))
    likeness.options = counterparts(reference, here.check_input());
  streams.out(show_equivalents(likeness, as_json ? ViewFormat::Json : ViewFormat::Text));
  if (likeness.proposals.empty())
    return fail(FindingId::B020,
                fmt::format("nothing fits: no preset for {} meets a global batch of {} here",
                            likeness.network, likeness.global_batch),
                "ask for another --global-batch or --target");
  if (!as_json) {
    SplitArgv words = split;
    if (!words.has(Option::Config))
      words.given.insert(words.given.begin(), {&option_row(Option::Config), Word{"--config", {}},
                                               Word{likeness.proposals.front().preset, like.at}});
    say(streams,
        "the first is started by " + command_text(here, words, likeness.proposals.front().answer));
  }
  return kDone;
}

}  // namespace ipucnn::cli
