// The words of every launcher, as launch_words.def lists them and in the spelling of the documents:
// `--option value`, 1 and 0 for yes and no, `--option=value` only where the value begins with a
// dash.
#include "ipucnn/launcher.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "ipucnn/host_list.h"
#include "ipucnn/launch_words.h"
#include "ipucnn/launcher_spelling.h"
#include "plan/parts.h"
#include "plan/words.h"

namespace ipucnn::planning {
namespace {

using resolving::LaunchWord;
using resolving::WordKind;

class LauncherWords {
 public:
  explicit LauncherWords(const PlanInput& in)
      : launch_(in.launch),
        g_(in.geometry),
        spellings_(in.in.catalog, launcher_program(g_.launcher), launch_.text("sdk")),
        for_slurm_(in.in.for_slurm) {}

  std::vector<Arg> run() {
    for (const LaunchWord& row : resolving::kLaunchWords)
      if (row.launcher == g_.launcher) write_as_spelled(row);
    std::vector<Arg> words = program(launch_, g_.launcher, "launcher");
    for (Arg& word : ordered()) words.push_back(std::move(word));
    return words;
  }

 private:
  /// Place of an option in the spelling's order; behind all that are listed when it is not.
  std::size_t place(std::string_view option) const {
    const auto& order = launch_.list("spelling.order");
    const auto at = std::find_if(order.begin(), order.end(),
                                 [&](const Scalar& listed) { return listed.text == option; });
    return static_cast<std::size_t>(at - order.begin());
  }

  /// The words with each option's values behind it, in the spelling's order.
  std::vector<Arg> ordered() {
    if (launch_.list("spelling.order").empty()) return std::move(words_);
    std::vector<std::vector<Arg>> options;
    for (Arg& word : words_) {
      if (word.begins) options.emplace_back();
      options.back().push_back(std::move(word));
    }
    const auto name = [](const std::vector<Arg>& option) {
      const std::string& text = option.front().pieces.front().text;
      return text.substr(0, text.find('='));
    };
    std::stable_sort(options.begin(), options.end(),
                     [&](const auto& a, const auto& b) { return place(name(a)) < place(name(b)); });
    std::vector<Arg> words;
    for (std::vector<Arg>& option : options)
      for (Arg& word : option) words.push_back(std::move(word));
    return words;
  }

  bool several_hosts() const { return g_.hosts && g_.hosts->value > 1; }

  /// Under the name that the SDK's lines have.
  void write_as_spelled(const LaunchWord& row) {
    if (!spellings_.find(row.option)) return write(row);
    const std::string name = spellings_.name_of(row.option);
    if (!name.empty()) return write({row.launcher, row.kind, name, row.source});
    // A switch that somebody asked for here and now is written all the same.
    const Setting* set = launch_.values.find(row.source);
    if (row.kind == WordKind::YesNo && set != nullptr && set->origin.kind >= OriginKind::Job)
      write(row);
  }

  void write(const LaunchWord& row) {
    switch (row.kind) {
      case WordKind::Verbosity:
        return verbosity(row);
      case WordKind::Hosts:
        return hosts(row, {});
      case WordKind::Slots:
        return slots(row);
      case WordKind::Text:
        return text_or_usual(row);
      case WordKind::YesNo:
        return yes_no(row);
      case WordKind::Flag:
        if (launch_.flag(row.source)) add_flag(words_, row.option, row.source);
        return;
      case WordKind::Tag:
        if (tags()) add_flag(words_, row.option, row.source);
        return;
      case WordKind::Count:
      case WordKind::Domains:
        return number(row);
      case WordKind::Mca:
      case WordKind::Forward:
        return mpi_words(row);
      case WordKind::MpiGlobal:
      case WordKind::MpiLocal:
        return inner_words(row);
      case WordKind::Repeated:
        for (const Scalar& item : launch_.list(row.source)) text(row, item.text);
        return;
      case WordKind::Words:
        for (const Scalar& word : launch_.list(row.source))
          words_.push_back(further_word(word, row.source));
        return;
    }
  }

  void verbosity(const LaunchWord& row) {
    const std::string_view level = launch_.text("verbosity");
    if (level.empty() || level == "0") return;
    const std::string_view most = launch_.text("spelling.verbose");
    add_flag(words_, level == "1" ? row.option : most.empty() ? "-vv" : most, row.source);
  }

  /// The hosts in use, each with `suffix` behind it; nothing where one does or none is known.
  void hosts(const LaunchWord& row, std::string_view suffix) {
    const auto& known = launch_.list("hosts");
    if (!several_hosts() || known.empty()) return;
    std::string joined;
    const auto count = static_cast<std::size_t>(g_.hosts->value);
    std::size_t named = 0;
    for (std::size_t i = 0; i < known.size() && named < count; ++i) {
      joined += (i == 0 ? "" : ",") + known[i].text + std::string(suffix);
      named += resolving::hosts_in(known[i].text);
    }
    add_option(words_, row.option, to_arg(joined, {}), row.source);
  }

  void slots(const LaunchWord& row) {
    if (!g_.instances || !g_.hosts) return;
    if (for_slurm_) return;  // mpirun takes hosts and slots from the job that it runs in
    hosts(row, ":" + std::to_string(g_.instances->value / g_.hosts->value));
  }

  void text(const LaunchWord& row, std::string_view value) {
    if (!value.empty()) add_option(words_, row.option, to_arg(value, {}), row.source);
  }

  /// A start without IPUs has no partition.
  void text_or_usual(const LaunchWord& row) {
    std::string_view value = launch_.text(row.source);
    if (value.empty() && g_.ipus) {
      value = spellings_.usual(row.option, g_.ipus->value);
      if (!value.empty() && launch_.flag("offline_mode")) value = {};
    }
    text(row, value);
  }

  void yes_no(const LaunchWord& row) {
    if (launch_.text(row.source).empty()) return;
    const auto& spelled = launch_.list("spelling.yes_no");
    const bool words = std::any_of(spelled.begin(), spelled.end(),
                                   [&](const Scalar& option) { return option.text == row.option; });
    const bool yes = launch_.flag(row.source);
    text(row, words ? (yes ? "yes" : "no") : (yes ? "1" : "0"));
  }

  bool tags() const {
    const std::string_view where = launch_.text("tag_output");
    return !where.empty() && where != "none";
  }

  void number(const LaunchWord& row) {
    const std::optional<Quantity>& figure = row.source == "instances"  ? g_.instances
                                            : row.source == "replicas" ? g_.replicas
                                            : row.source == "ilds"     ? g_.ilds
                                                                       : g_.ipus_per_replica;
    if (figure && (row.kind != WordKind::Domains || figure->value > 1))
      add_option(words_, row.option, to_arg(std::to_string(figure->value), {}),
                 row.option.substr(row.option.find_first_not_of('-')));
  }

  /// Open MPI takes each parameter once, so those for several hosts join the profile's own by name.
  Settings mca() const {
    Settings all = launch_.mca;
    if (several_hosts() && launch_.names_hosts())
      for (const Setting& parameter : launch_.several_hosts_mca.all())
        if (all.find(parameter.key) == nullptr)
          all.assign(parameter.key, parameter.value, parameter.origin);
    return all;
  }

  /// NAME or NAME=VALUE for -x, each variable once.
  std::vector<std::string> forwarded() const {
    std::vector<std::string> all;
    std::vector<std::string> done;
    const auto take = [&](const std::vector<Scalar>& names) {
      for (const Scalar& name : names) {
        const std::string variable = name.text.substr(0, name.text.find('='));
        if (std::find(done.begin(), done.end(), variable) != done.end()) continue;
        done.push_back(variable);
        all.push_back(name.text);
      }
    };
    if (several_hosts()) take(launch_.several_hosts_forward);
    take(launch_.list("forward"));
    return all;
  }

  /// As words of the launcher's own line.
  void mpi_words(const LaunchWord& row) {
    if (row.kind == WordKind::Forward) {
      for (const std::string& name : forwarded())
        add_option(words_, row.option, to_arg(name, {}), row.source);
      return;
    }
    const Settings parameters = mca();
    for (const Setting& parameter : parameters.all()) {
      add_option(words_, row.option, to_arg(parameter.key, {}), row.source);
      words_.push_back(to_arg(parameter.value.items.front().text, row.source));
    }
  }

  static Arg further_word(const Scalar& word, std::string_view cause) {
    Arg arg = to_arg(word.text, cause);
    arg.begins = word.text.size() > 1 && word.text.front() == '-';
    return arg;
  }

  /// As words inside one word.
  void inner_words(const LaunchWord& row) {
    const bool global = row.kind == WordKind::MpiGlobal;
    Arg words;
    const auto add = [&](std::string_view text) { append_inner_word(words, to_arg(text, {})); };
    const bool tag = launch_.text("tag_output") == (global ? "global" : "local");
    const bool root = global && launch_.flag("as_root");
    const bool root_first = place("--allow-run-as-root") < place("--tag-output");
    if (root && root_first) add("--allow-run-as-root");
    if (tag) add("--tag-output");
    if (root && !root_first) add("--allow-run-as-root");
    if (global) {
      if (const std::string_view file = launch_.text("hostfile"); !file.empty()) {
        add("--hostfile");
        add(file);
      }
      const Settings parameters = mca();
      for (const Setting& parameter : parameters.all()) {
        add("--mca");
        add(parameter.key);
        add(parameter.value.items.front().text);
      }
    } else {
      for (const std::string& name : forwarded()) {
        add("-x");
        add(name);
      }
    }
    for (const Scalar& word : launch_.list(global ? "mpi_global" : "mpi_local")) add(word.text);
    if (!words.pieces.empty())
      add_option(words_, row.option, std::move(words),
                 global ? "mpi_global_args" : "mpi_local_args");
  }

  const LaunchSettings& launch_;
  const Geometry& g_;
  load::LauncherSpellings spellings_;
  bool for_slurm_;
  std::vector<Arg> words_;
};

}  // namespace

std::vector<Arg> launcher_words(const PlanInput& in) { return LauncherWords(in).run(); }

}  // namespace ipucnn::planning
