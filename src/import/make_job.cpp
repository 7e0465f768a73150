#include "import/make_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/suggest.h"
#include "base/text.h"
#include "import/launcher.h"
#include "import/sweep.h"
#include "ipucnn/launcher_line.h"
#include "ipucnn/numbers.h"
#include "ipucnn/python_text.h"

namespace ipucnn::importing {
namespace {

class JobMaker {
 public:
  JobMaker(const JobContext& context, const ShellCommand& command, const CommandLine& line,
           const CommandText& text, const FoundApplication& found)
      : catalog_(context.catalog),
        applications_(context.applications),
        request_(context.request),
        places_(context.places),
        names_(context.names),
        out_(context.out),
        command_(command),
        line_(line),
        text_(text),
        found_(found) {}

  ImportedJob run() {
    const CommandLine& line = line_;
    const FoundApplication& found = found_;
    const std::vector<ShellLoop>& loops = command_.loops;
    const Span at = start(line);
    JobNode body = JobNode::map(at);
    body.set("application", JobNode::scalar(found.id, line.script ? span(*line.script) : at));
    if (!line.script) report_no_script(line);
    const bool runs_through = std::any_of(loops.begin(), loops.end(), [&](const ShellLoop& loop) {
      return loop.use == found.preset;
    });
    if (!found.preset.empty() && !runs_through) take_preset(found, body);
    if (found.purpose != "train")
      body.set("purpose", JobNode::scalar(found.purpose, line.script ? span(*line.script) : at));
    body.set("profile", JobNode::scalar("bare", at));
    JobNode launch = JobNode::map(at);
    LauncherFigures figures =
        read_launcher(catalog_, line, found.launcher, request_.sdk, places_, launch, out_);
    if (figures.hosts == 1) {
      figures.lost.emplace_back("--host");
      if (!figures.here)
        out_.add(FindingId::L048, figures.hosts_at,
                 "a single host is left out: a job names hosts where it uses several")
            .severity = Severity::Warning;
    }
    take_program(line, launch);
    take_environment(line, launch);
    ImportedJob job;
    job.at = at;
    job.last_line = places_.line_of(line.end - 1);
    job.line = words_of(line);
    for (const ShellUnknown& use : command_.used)
      if (use.end > use.begin)
        job.variables.push_back({use.name, places_.span(use.begin, use.end)});
    job.application = found.id;
    job.release_guessed = found.release_guessed;
    job.lost = figures.lost;
    job.figures_elsewhere = figures.elsewhere;
    const AppSchema& schema = applications_.schema(found);
    report_underscores(line, schema, found);
    CommandLine single = line;
    job.loops = take_sweep(single, loops, schema, found, body);
    job.options = script_options(single, found, schema, figures, job.lost);
    take_machine(line, found, schema, figures, body, launch);
    if (!launch.children.empty()) body.set("launch", std::move(launch));
    job.name = job_name(found);
    job.document = job_document(job.name, at, std::move(body));
    return job;
  }

 private:
  Span span(const ShellWord& word) const { return places_.span(word.begin, word.end); }
  Span start(const CommandLine& line) const {
    return span(line.started ? *line.started : line.python ? *line.python : *line.script);
  }

  /// On our command line a hyphen for an underscore is mended; the script's parser ends with both.
  void report_underscores(const CommandLine& line, const AppSchema& schema,
                          const FoundApplication& found) {
    for (const ShellWord& word : line.options) {
      const std::string flag = word.value.text.substr(0, word.value.text.find('='));
      if (!flag.starts_with("--")) continue;
      std::string_view meant;
      bool exact = false;
      for (const Entry& option : schema.option_entries()) {
        const std::string_view known = option.body.find_text("flag").value_or("");
        exact = exact || known == flag;
        if (replace_char(known, '_', '-') == replace_char(flag, '_', '-')) meant = known;
      }
      if (exact || meant.empty()) continue;
      const std::uint32_t end =
          word.value.from.empty() ? word.end : word.value.from[flag.size() - 1] + 1;
      out_.add(FindingId::K007, places_.span(word.begin, end),
               fmt::format("{} of {} has no option {}",
                           line.script ? load::base_name(line.script->value.text) : "the script",
                           found.id, flag))
          .help = fmt::format("did you mean '{}'?", meant);
    }
  }

  static std::vector<std::string> words_of(const CommandLine& line) {
    std::vector<std::string> words;
    if (line.started) {
      const std::string& path = line.started->value.text;
      words.push_back(path.substr(0, path.size() - load::base_name(path).size()) + line.launcher);
    }
    for (const ShellWord& word : line.launch) words.push_back(word.value.text);
    if (line.python) words.push_back(line.python->value.text);
    for (const ShellWord& option : line.python_options) words.push_back(option.value.text);
    if (line.script) words.push_back(line.script->value.text);
    for (const ShellWord& word : line.options) words.push_back(word.value.text);
    return words;
  }

  /// The loops that a sweep is made of; their options go from the line to the job.
  std::vector<ImportedLoop> take_sweep(CommandLine& line, const std::vector<ShellLoop>& loops,
                                       const AppSchema& schema, const FoundApplication& found,
                                       JobNode& body) {
    std::vector<ImportedLoop> taken;
    for (const Sweep& sweep : take_sweeps(line, loops, schema, found, places_, out_)) {
      JobNode values = JobNode::list(sweep.at);
      ImportedLoop loop{sweep.loop->use, {}};
      for (const ShellWord& value : sweep.loop->values) {
        const std::string& text = value.value.text;
        values.children.push_back(JobNode::scalar(text, span(value), plain_scalar_type(text)));
        loop.values.push_back(text);
      }
      body.entry("sweep", sweep.at).set(sweep.key, std::move(values));
      taken.push_back(std::move(loop));
    }
    return taken;
  }

  void report_no_script(const CommandLine& line) {
    const ShellWord& python = line.python ? *line.python : *line.started;
    out_.add(FindingId::L056, span(python),
             fmt::format("no script stands behind {}, which takes the options for its own",
                         python.value.text))
        .help = "put the script in between: python3 train.py";
  }

  void take_preset(const FoundApplication& found, JobNode& body) {
    body.set("preset", JobNode::scalar(found.preset, found.preset_at));
    if (found.preset_known) return;
    body.set("preset_in_application", JobNode::scalar("true", found.preset_at, ScalarType::Bool));
    if (holds_variable(found.preset)) {
      Diagnostic& d =
          out_.add(FindingId::L040, found.preset_at,
                   "only the start can tell what this comes to, so the command is not checked");
      d.severity = Severity::Warning;
      d.help = "set the variable in the text, or write its value";
      return;
    }
    std::vector<std::string_view> names;
    for (const PresetRef& ref : catalog_.presets(parse_app_id(found.id)))
      if (ref.name.text() != found.preset) names.push_back(ref.name.text());
    Diagnostic& d = out_.add(FindingId::L061, found.preset_at,
                             fmt::format("'{}' is no preset that is known of {}, so its figures "
                                         "are not",
                                         found.preset, found.id));
    d.help = suggestion(found.preset, names);
    if (d.help.empty()) d.help = "give the file that has it with --presets";
  }

  void take_program(const CommandLine& line, JobNode& launch) {
    if (line.python && line.python->value.text != "python3")
      launch.set("python", JobNode::scalar(line.python->value.text, span(*line.python)));
    if (!line.python_options.empty()) {
      JobNode words = JobNode::list(span(line.python_options.front()));
      for (const ShellWord& option : line.python_options)
        words.children.push_back(JobNode::scalar(option.value.text, span(option)));
      launch.set("python_options", std::move(words));
    }
    if (line.folder)
      launch.set("app_dir", JobNode::scalar(line.folder->value.text, span(*line.folder)));
    if (!line.script) return;
    const std::string& path = line.script->value.text;
    if (const std::size_t slash = path.rfind('/'); slash != std::string::npos)
      launch.set("script_dir", JobNode::scalar(path.substr(0, slash + 1), span(*line.script)));
  }

  void take_environment(const CommandLine& line, JobNode& launch) {
    std::unordered_map<std::string_view, std::size_t> known;  // each command has all variables
    const auto put = [&](std::string_view name, std::string_view value, Span key_at, Span at) {
      std::vector<JobNode>& env = launch.entry("env", key_at).children;
      const auto [place, added] = known.try_emplace(name, env.size());
      if (added) {
        env.push_back(JobNode::scalar(std::string(name), at));
        env.emplace_back();
      }
      env[place->second + 1] = JobNode::scalar(std::string(value), at);
    };
    for (const auto& [name, value] : text_.env)
      put(name.text(), with_variables_open(python_text(value)), name.at(), value.at());
    for (const Assignment& set : line.env) {
      const Span at = places_.span(set.begin, set.end);
      put(set.name, set.value.text, at, at);
    }
  }

  /// The script's words, without the preset's name and without replicas that a launcher hands out.
  std::vector<Word> script_options(const CommandLine& line, const FoundApplication& found,
                                   const AppSchema& schema, const LauncherFigures& figures,
                                   std::vector<std::string>& lost) {
    const auto preset = schema.preset_option();
    const auto no_fact = [](std::string_view) { return std::optional<std::string_view>{}; };
    const auto key = schema.key_of(QuantityName::Replicas);
    const auto replicas = key ? schema.option(*key, {}, no_fact) : nullptr;
    const bool handed_out = line.launcher == "poprun";
    std::vector<Word> words;
    for (std::size_t i = 0; i < line.options.size(); ++i) {
      const ShellWord& word = line.options[i];
      const std::size_t equals = word.value.text.find('=');
      const std::string flag = flag_of(word);
      const bool is_preset = preset && flag == preset->flag && !found.preset.empty();
      const bool is_replicas = handed_out && replicas && flag == replicas->flag;
      if (!is_preset && !is_replicas) {
        const bool as_written =
            places_.text().substr(word.begin, word.value.text.size()) == word.value.text;
        words.push_back({word.value.text, span(word), as_written});
        continue;
      }
      const auto value = option_value(line, flag, places_);
      if (equals == std::string::npos && i + 1 < line.options.size()) ++i;
      if (is_replicas) lost.push_back(flag);
      if (is_replicas && value && figures.replicas && value->text != figures.replicas->text)
        out_.add(FindingId::L059, value->at,
                 fmt::format("poprun hands out {} replicas, so {} {} has no effect",
                             figures.replicas->text, flag, value->text))
            .help = fmt::format("leave the script's {} out, or give poprun --num-replicas {}", flag,
                                value->text);
    }
    return words;
  }

  /// The machine that the launcher's figures fill, and the figures that it would not tell.
  void take_machine(const CommandLine& line, const FoundApplication& found, const AppSchema& schema,
                    const LauncherFigures& figures, JobNode& body, JobNode& launch) {
    const Span at = figures.replicas ? figures.replicas->at : start(line);
    const auto purpose = schema.purpose(found.purpose);
    const Machine machine = machine_of(found.launcher, schema, figures);
    body.set("target", JobNode::scalar(machine.target, at));
    const Node launchers = purpose->node.find("launchers");
    const bool usual = found.launcher == "none" || found.launcher == "mpiexec" ||
                       (launchers.is_list() && (*launchers.begin()).text() == found.launcher);
    const Span launcher_at = line.started ? span(*line.started) : at;
    if (!usual) launch.set("launcher", JobNode::scalar(found.launcher, launcher_at));
    if (line.launcher != "poprun") {
      if (figures.hosts > 1)
        body.set("hosts",
                 JobNode::scalar(std::to_string(figures.hosts), figures.hosts_at, ScalarType::Int));
      return;
    }
    // What poprun takes where the line is silent.
    for (const char* figure : {"instances", "ipus_per_replica"})
      if (!launch.has(figure))
        launch.set(figure, JobNode::scalar("1", launcher_at, ScalarType::Int));
    take_hosts(figures, std::max<std::int64_t>(1, machine.default_hosts), launcher_at, body,
               launch);
    const auto key = schema.key_of(QuantityName::Replicas);
    if (!key) return;
    body.entry("options", at)
        .set(*key,
             JobNode::scalar(figures.replicas ? figures.replicas->text : "1", at, ScalarType::Int));
  }

  /// Without a host poprun starts everything where it is itself, however large the machine. Hosts
  /// that a variable or a file names are as many as the machine usually has.
  static void take_hosts(const LauncherFigures& figures, std::int64_t usual, Span at, JobNode& body,
                         const JobNode& launch) {
    const bool none = figures.hosts == 0 && !launch.has("hosts") && !launch.has("hostfile");
    const std::size_t hosts = none ? 1 : figures.hosts;
    if (hosts > 1 || (hosts == 1 && usual > 1))
      body.set("hosts", JobNode::scalar(std::to_string(hosts), none ? at : figures.hosts_at,
                                        ScalarType::Int));
  }

  struct Machine {
    std::string target = "none";
    std::int64_t default_hosts = 1;
  };
  Machine machine_of(std::string_view launcher, const AppSchema& schema,
                     const LauncherFigures& figures) const {
    const Node runs_on = schema.node().find("generations");
    const auto number = [](const std::optional<Word>& word) {
      return word ? parse_int64(word->text).value_or(1) : 1;
    };
    const auto wanted =
        resolving::product({number(figures.replicas), number(figures.ipus_per_replica)});
    Diagnostics ignored;  // a target that cannot be read is reported when it is chosen
    Machine best;
    std::int64_t room = 0;
    if (launcher == "none" || launcher == "mpirun") return best;
    for (const Entry& entry : catalog_.entries(Section::Targets)) {
      const auto read = ipucnn::read_target(entry, ignored);
      if (!read || read->launcher != launcher ||
          (runs_on.is_list() && !runs_on.contains(read->generation)))
        continue;
      if (launcher == "mpiexec") return {std::string(read->id), read->default_hosts};
      // The smallest Mk2 machine that holds the job, else the largest there is.
      if (!read->ipus || !wanted || read->generation != "mk2") continue;
      const bool holds = *read->ipus >= *wanted;
      const bool held = room >= *wanted;
      if (room == 0 || (holds && (!held || *read->ipus < room)) ||
          (!holds && !held && *read->ipus > room)) {
        room = *read->ipus;
        best = {std::string(read->id), read->default_hosts};
      }
    }
    return best;
  }

  std::string job_name(const FoundApplication& found) {
    std::string name(text_.title);
    if (name.empty())
      name = found.preset.empty() ? std::string(parse_app_id(found.id).name) : found.preset;
    if (text_.title.empty()) name += "-" + found.purpose;
    for (char& c : name)
      if (std::string_view("\"'\\:{}[],&*#?|<>=!%@`$/ \t\n").find(c) != std::string_view::npos)
        c = '-';
    return names_.unique(name);
  }

  const Catalog& catalog_;
  const KnownApplications& applications_;
  const ImportRequest& request_;
  const Places& places_;
  JobNames& names_;
  Diagnostics& out_;
  const ShellCommand& command_;
  const CommandLine& line_;
  const CommandText& text_;
  const FoundApplication& found_;
};

}  // namespace

std::string JobNames::unique(const std::string& name) {
  std::string unique = name;
  for (std::size_t& n = counts_[name]; !taken_.insert(unique).second;)
    unique = fmt::format("{}-{}", name, ++n + 1);
  return unique;
}

ImportedJob make_job(const JobContext& context, const ShellCommand& command,
                     const CommandLine& line, const CommandText& text,
                     const FoundApplication& found) {
  return JobMaker(context, command, line, text, found).run();
}

}  // namespace ipucnn::importing
