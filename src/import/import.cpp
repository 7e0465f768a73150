#include "ipucnn/import.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.h"
#include "base/text.h"
#include "import/application.h"
#include "import/documents.h"
#include "import/launcher.h"
#include "import/shell_tidy.h"
#include "import/shell_walk.h"
#include "import/sweep.h"
#include "ipucnn/launcher_line.h"
#include "ipucnn/numbers.h"

namespace ipucnn {
namespace importing {
namespace {

class Importer : private ShellVisitor {
 public:
  Importer(const Catalog& catalog, const Sources& sources, SourceId source,
           const ImportRequest& request, Diagnostics& out)
      : catalog_(catalog),
        applications_(catalog),
        request_(request),
        places_(sources, source),
        out_(out),
        walk_(*this) {}

  std::vector<ImportedJob> run(Node yaml) {
    const auto texts = command_texts(places_, request_.kind, request_.begin, yaml);
    for (const CommandText& text : texts) {
      if (text.new_section) walk_.finish();
      text_ = &text;
      walk_.go(read_shell(text.text));
    }
    walk_.finish();
    return std::move(jobs_);
  }

 private:
  void pass_over(const ShellCommand& command, std::size_t first) override {
    if (request_.everything) say_unknown(command, first);
  }

  void set_variables(const ShellCommand& command) override {
    const bool bare = std::any_of(
        command.faults.begin(), command.faults.end(),
        [](const ShellMark<ShellFault>& fault) { return fault.kind == ShellFault::BareJson; });
    if (bare) report_shell(command, places_, request_.kind, out_);
  }

  void stop(std::uint32_t begin, std::uint32_t end) override {
    out_.add(FindingId::L040, places_.span(begin, end),
             "more commands come of the text than are read")
        .help = "write out those that are meant";
  }

  /// A launcher can have lost its program to the next line.
  bool take(ShellCommand& command, std::size_t first, const ShellCommand* next) override {
    CommandLine line = read_line(command, first);
    const bool lost = line.started && !line.python && !line.script && command.ends_line &&
                      next != nullptr && !next->words.empty() &&
                      load::looks_like_program(next->words[0].value.text);
    if (lost) {
      continue_with(command, *next);
      line = read_line(command, first);
    }
    import(command, first, line);
    return lost;
  }

  void import(const ShellCommand& command, std::size_t first, const CommandLine& line) {
    const auto found = applications_.find(line, request_.application, places_);
    if (!found) {
      const bool meant = line.launcher == "poprun" && !text_->in_line;
      if (meant || request_.everything) say_unknown(command, first);
      return;
    }
    out_.add(pending_);
    report_shell(command, places_, request_.kind, out_);
    report_unknown(command);
    make_job(line, command.loops, *found);
  }

  /// What the text sets or enters and no job can hold.
  void report_unknown(const ShellCommand& command) {
    std::vector<ShellUnknown> all = command.unknown;
    const auto exported = walk_.state().unknown_exported();
    all.insert(all.end(), exported.begin(), exported.end());
    for (const ShellUnknown& set : all) {
      out_.add(FindingId::L048, places_.span(set.begin, set.end),
               fmt::format("what only a shell can tell is left out: a job takes {} from its "
                           "environment",
                           set.name));
    }
    if (const auto& folder = walk_.state().unknown_folder())
      out_.add(FindingId::L048, places_.span(folder->begin, folder->end),
               "the folder is left out: only a shell can tell which it is");
  }

  CommandLine read_line(const ShellCommand& command, std::size_t first) {
    pending_ = {};
    CommandLine line = read_command(catalog_, command, first, places_, pending_);
    for (Assignment& set : walk_.state().exported())
      if (!is_only_put_in(set.name, command, line)) line.env.push_back(std::move(set));
    for (std::size_t i = 0; i < first; ++i)
      if (auto set = assignment(command.words[i])) line.env.push_back(std::move(*set));
    line.folder = walk_.state().folder();
    return line;
  }

  /// Whether the words hold the variable's value and nothing hands it on: then it is a means of the
  /// text, and not meant for the program.
  static bool is_only_put_in(const std::string& name, const ShellCommand& command,
                             const CommandLine& line) {
    const bool used =
        std::find(command.used.begin(), command.used.end(), name) != command.used.end();
    return used && std::none_of(line.launch.begin(), line.launch.end(), [&](const ShellWord& word) {
             return word.value.text.find("-x " + name) != std::string::npos ||
                    word.value.text == name;
           });
  }

  void say_unknown(const ShellCommand& command, std::size_t first) {
    const ShellWord& word = command.words[first];
    const CommandLine line = read_line(command, first);
    const ShellWord& what = line.script ? *line.script : word;
    Diagnostic& d =
        out_.add(FindingId::L060, places_.span(what.begin, what.end),
                 line.script ? fmt::format("no application that is known has {}", what.value.text)
                             : fmt::format("{} starts no script that is known", what.value.text));
    if (line.started)
      d.notes.push_back(
          {fmt::format("{} with {} was read", line.launcher,
                       counted(static_cast<std::int64_t>(line.launch.size()), "word")),
           places_.span(line.begin, line.end)});
    d.help = "known scripts: " + join(applications_.scripts(), ", ");
  }

  Span span(const ShellWord& word) const { return places_.span(word.begin, word.end); }
  Span start(const CommandLine& line) const {
    return span(line.started ? *line.started : line.python ? *line.python : *line.script);
  }

  void make_job(const CommandLine& line, const std::vector<ShellLoop>& loops,
                const FoundApplication& found) {
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
    LauncherFigures figures = read_launcher(catalog_, line, request_.sdk, places_, launch, out_);
    if (figures.hosts == 1) {
      figures.lost.emplace_back("--host");
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
    job.lost = figures.lost;
    const AppSchema& schema = applications_.schema(found);
    CommandLine single = line;
    job.loops = take_sweep(single, loops, schema, found, body);
    job.options = script_options(single, found, schema, figures, job.lost);
    take_machine(line, found, schema, figures, body, launch);
    if (!launch.children.empty()) body.set("launch", std::move(launch));
    job.name = job_name(found);
    job.document = job_document(job.name, at, std::move(body));
    jobs_.push_back(std::move(job));
  }

  static std::vector<std::string> words_of(const CommandLine& line) {
    std::vector<std::string> words;
    if (line.started) words.push_back(line.started->value.text);
    for (const ShellWord& word : line.launch) words.push_back(word.value.text);
    if (line.python) words.push_back(line.python->value.text);
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
    if (found.preset.find(kVariableOpen) != std::string::npos) {
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
    for (const ShellWord& option : line.python_options) {
      Diagnostic& d = out_.add(
          FindingId::L048, span(option),
          fmt::format("{} of the interpreter is left out: no job can hold it", option.value.text));
      d.severity = Severity::Warning;
    }
    if (line.folder)
      launch.set("app_dir", JobNode::scalar(line.folder->value.text, span(*line.folder)));
    if (!line.script) return;
    const std::string& path = line.script->value.text;
    if (const std::size_t slash = path.rfind('/'); slash != std::string::npos)
      launch.set("script_dir", JobNode::scalar(path.substr(0, slash + 1), span(*line.script)));
  }

  void take_environment(const CommandLine& line, JobNode& launch) {
    for (const auto& [name, value] : text_->env)
      launch.entry("env", name.at())
          .set(name.text(), JobNode::scalar(std::string(value.text()), value.at()));
    for (const Assignment& set : line.env)
      launch.entry("env", places_.span(set.begin, set.end))
          .set(set.name, JobNode::scalar(set.value.text, places_.span(set.begin, set.end)));
  }

  /// The script's words, without the preset's name and without replicas that a launcher hands out.
  std::vector<Word> script_options(const CommandLine& line, const FoundApplication& found,
                                   const AppSchema& schema, const LauncherFigures& figures,
                                   std::vector<std::string>& lost) {
    const auto preset = schema.preset_option();
    const auto no_fact = [](std::string_view) { return std::optional<std::string_view>{}; };
    const auto key = schema.key_of(QuantityName::Replicas);
    const auto replicas = key ? schema.option(*key, {}, no_fact) : std::nullopt;
    const bool handed_out = line.launcher == "poprun";
    std::vector<Word> words;
    for (std::size_t i = 0; i < line.options.size(); ++i) {
      const ShellWord& word = line.options[i];
      const std::size_t equals = word.value.text.find('=');
      const std::string flag = flag_of(word);
      const bool is_preset = preset && flag == preset->flag && !found.preset.empty();
      const bool is_replicas = handed_out && replicas && flag == replicas->flag;
      if (!is_preset && !is_replicas) {
        words.push_back({word.value.text, span(word)});
        continue;
      }
      const auto value = option_value(line, flag, places_);
      if (equals == std::string::npos && i + 1 < line.options.size()) ++i;
      if (is_replicas) lost.push_back(flag);
      if (is_replicas && value && figures.replicas && value->text != figures.replicas->text)
        out_.add(FindingId::L059, value->at,
                 fmt::format("poprun hands out {} replicas, so {} {} has no effect",
                             figures.replicas->text, flag, value->text))
            .help = fmt::format("leave {} out, or write --num-replicas {}", flag, value->text);
    }
    return words;
  }

  /// The machine that the launcher's figures fill, and the figures that it would not tell.
  void take_machine(const CommandLine& line, const FoundApplication& found, const AppSchema& schema,
                    const LauncherFigures& figures, JobNode& body, JobNode& launch) {
    const Span at = figures.replicas ? figures.replicas->at : start(line);
    const auto purpose = schema.purpose(found.purpose);
    body.set("target", JobNode::scalar(target(line, schema, figures), at));
    const Node launchers = purpose->node.find("launchers");
    const bool usual = line.launcher == "none" || line.launcher == "mpiexec" ||
                       (launchers.is_list() && (*launchers.begin()).text() == line.launcher);
    const Span launcher_at = line.started ? span(*line.started) : at;
    if (!usual) launch.set("launcher", JobNode::scalar(line.launcher, launcher_at));
    if (line.launcher != "poprun") return;
    // What poprun takes where the line is silent.
    for (const char* figure : {"instances", "ipus_per_replica"})
      if (!launch.has(figure))
        launch.set(figure, JobNode::scalar("1", launcher_at, ScalarType::Int));
    if (figures.hosts > 1)
      body.set("hosts",
               JobNode::scalar(std::to_string(figures.hosts), figures.hosts_at, ScalarType::Int));
    const auto key = schema.key_of(QuantityName::Replicas);
    if (!key) return;
    body.entry("options", at)
        .set(*key,
             JobNode::scalar(figures.replicas ? figures.replicas->text : "1", at, ScalarType::Int));
  }

  std::string target(const CommandLine& line, const AppSchema& schema,
                     const LauncherFigures& figures) const {
    const Node runs_on = schema.node().find("generations");
    const auto number = [](const std::optional<Word>& word) {
      return word ? parse_int64(word->text).value_or(1) : 1;
    };
    const auto wanted =
        resolving::product({number(figures.replicas), number(figures.ipus_per_replica)});
    Diagnostics ignored;  // a target that cannot be read is reported when it is chosen
    std::string best = "none";
    std::int64_t room = 0;
    if (line.launcher == "none" || line.launcher == "mpirun") return best;
    for (const Entry& entry : catalog_.entries(Section::Targets)) {
      const auto read = ipucnn::read_target(entry, ignored);
      if (!read || read->launcher != line.launcher ||
          (runs_on.is_list() && !runs_on.contains(read->generation)))
        continue;
      if (line.launcher == "mpiexec") return std::string(read->id);
      // The smallest Mk2 machine that holds the job, else the largest there is.
      if (!read->ipus || !wanted || read->generation != "mk2") continue;
      const bool holds = *read->ipus >= *wanted;
      const bool held = room >= *wanted;
      if (room == 0 || (holds && (!held || *read->ipus < room)) ||
          (!holds && !held && *read->ipus > room)) {
        room = *read->ipus;
        best = read->id;
      }
    }
    return best;
  }

  std::string job_name(const FoundApplication& found) {
    std::string name(text_->title);
    if (name.empty())
      name = found.preset.empty() ? std::string(parse_app_id(found.id).name) : found.preset;
    if (text_->title.empty()) name += "-" + found.purpose;
    for (char& c : name)
      if (std::string_view("\"'\\:{}[],&*#?|<>=!%@`$/ \t\n").find(c) != std::string_view::npos)
        c = '-';
    std::string unique = name;
    for (int n = 2; std::any_of(jobs_.begin(), jobs_.end(),
                                [&](const ImportedJob& job) { return job.name == unique; });
         ++n)
      unique = fmt::format("{}-{}", name, n);
    return unique;
  }

  const Catalog& catalog_;
  const KnownApplications applications_;
  const ImportRequest& request_;
  Places places_;
  Diagnostics& out_;
  Diagnostics pending_;  ///< of a command that may be none of ours
  ShellWalk walk_;
  const CommandText* text_ = nullptr;
  std::vector<ImportedJob> jobs_;
};

}  // namespace
}  // namespace importing

Entry ImportedJob::entry() const {
  Entry found;
  root(document->tree).find("jobs").each_pair([&](Node key, Node body) { found = {key, body}; });
  return found;
}

std::vector<ImportedJob> import_commands(const Catalog& catalog, const Sources& sources,
                                         SourceId source, const ImportRequest& request,
                                         Diagnostics& out) {
  std::unique_ptr<Document> yaml;
  if (request.kind == CommandSource::Yaml) {
    yaml = load_yaml(sources, source, out);
    if (yaml == nullptr) return {};
  }
  return importing::Importer(catalog, sources, source, request, out)
      .run(yaml ? root(yaml->tree) : Node{});
}

}  // namespace ipucnn
