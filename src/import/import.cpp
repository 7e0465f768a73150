#include "ipucnn/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/suggest.h"
#include "base/text.h"
#include "import/application.h"
#include "import/documents.h"
#include "import/launcher.h"
#include "import/named_programs.h"
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
        named_(applications_.scripts()),
        request_(request),
        places_(sources, source),
        out_(out),
        walk_(*this) {}

  std::vector<ImportedJob> run(Node yaml) {
    const auto texts = command_texts(places_, request_.kind, request_.begin, yaml);
    for (const CommandText& text : texts) {
      if (text.new_section) finish();
      text_ = &text;
      std::vector<ShellCommand> commands =
          text.argv.words.empty() ? read_shell(text.text) : std::vector{text.argv};
      report_text(commands);
      walk_.go(std::move(commands));
    }
    finish();
    for (MetCommand& met : met_) {
      applications_.recognise(met.line, met.command.loops, request_, places_, met.found);
    }
    for (MetCommand& met : met_) import(met);
    return std::move(jobs_);
  }

 private:
  /// A command of the text, with what was known where it stands.
  struct MetCommand {
    ShellCommand command;
    std::size_t first = 0;
    CommandLine line;
    Diagnostics findings;  ///< that count when it is one of ours
    std::vector<ShellUnknown> unknown;
    std::optional<ShellUnknown> unknown_folder;
    const CommandText* text = nullptr;
    std::optional<FoundApplication> found;
  };

  void finish() {
    walk_.finish();
    bare_.clear();
  }

  /// What breaks the text as a whole, and would take the commands behind it with it.
  void report_text(std::vector<ShellCommand>& commands) {
    bool returned = request_.kind != CommandSource::Shell;
    for (ShellCommand& command : commands) {
      std::erase_if(command.faults, [&](const ShellMark<ShellFault>& fault) {
        const bool returns = fault.kind == ShellFault::CarriageReturn;
        const bool swallows =
            fault.kind == ShellFault::OpenQuote &&
            (request_.kind == CommandSource::Shell || named_.in_text(behind(fault, command)));
        if (swallows || (returns && !returned)) report_fault(fault, places_, request_.kind, out_);
        returned = returned || returns;
        return returns || swallows;
      });
    }
  }

  std::string_view behind(const ShellMark<ShellFault>& fault, const ShellCommand& command) const {
    return places_.text().substr(fault.begin, std::max(command.end, fault.end) - fault.begin);
  }

  bool names_program(std::string_view text) const override { return named_.in_text(text); }

  void pass_over(const ShellCommand& command, std::size_t first) override {
    if (const auto lost = option_for_program(command, first)) {
      Diagnostic& d = out_.add(FindingId::L072, span(*lost),
                               fmt::format("the shell runs {} here: only the first word is in the "
                                           "variable's value",
                                           command.words[first].value.text));
      d.severity = Severity::Error;
      d.help = "put quotes around the value";
    } else if (const auto named = named_.find(command, first)) {
      not_read(command, command.words[*named]);
    } else if (request_.everything) {
      say_unknown(command, first, read_line(command, first));
    }
  }

  /// `T=poprun --option`: the assignment that was meant to hold all of it.
  const ShellWord* option_for_program(const ShellCommand& command, std::size_t first) const {
    if (first == 0 || !command.words[first].value.text.starts_with('-')) return nullptr;
    const ShellWord& before = command.words[first - 1];
    const auto set = assignment(before);
    return set && named_.in_text(set->value.text) ? &before : nullptr;
  }

  void not_read(const ShellCommand& command, const ShellWord& word) override {
    if (text_->in_line) return;
    Diagnostic& d = out_.add(FindingId::L072, span(word), "");
    const std::string& text = word.value.text;
    const bool open = !word.known || text.find(kVariableOpen) != std::string::npos;
    if (open)
      d.message = "only a shell can tell what is started here, so the command is not read";
    else if (is_foreign_launcher(text))
      d.message = fmt::format("no job can hold what {} does, so the command is not read",
                              load::base_name(text));
    else
      d.message = fmt::format("{} is named here, but not read as a command",
                              text.find(' ') == text.npos ? text : "a program that is known");
    for (const ShellUnknown& set : command.unknown)
      if (open && set.end > set.begin && (set.end <= word.begin || set.begin >= word.end))
        d.notes.push_back({fmt::format("{} is set here, among other places", set.name),
                           places_.span(set.begin, set.end)});
    d.help = "write the command out";
  }

  /// JSON without quotes is a fault where the variable reaches a command.
  void set_variables(const ShellCommand& command) override {
    for (const auto& fault : command.faults)
      if (fault.kind == ShellFault::BareJson)
        for (const ShellWord& word : command.words)
          if (const auto set = assignment(word); set && word.begin == fault.begin)
            bare_[set->name] = fault;
  }

  void stop(std::uint32_t begin, std::uint32_t end) override {
    out_.add(FindingId::L040, places_.span(begin, end),
             "more commands come of the text than are read")
        .help = "write out those that are meant";
  }

  /// A launcher can have lost its program to the next line.
  bool take(ShellCommand& command, std::size_t first, const ShellCommand* next) override {
    CommandLine line = read_line(command, first);
    const bool lost = line.started && !line.python && !line.script && !only_asks(line) &&
                      command.ends_line && next != nullptr && !next->words.empty() &&
                      load::looks_like_program(next->words[0].value.text);
    if (lost) {
      continue_with(command, *next);
      line = read_line(command, first);
    }
    add_bare_json(command, line);
    met_.push_back({command, first, std::move(line), std::move(pending_),
                    walk_.state().unknown_exported(), walk_.state().unknown_folder(), text_,
                    std::nullopt});
    pending_ = {};
    return lost;
  }

  void add_bare_json(ShellCommand& command, const CommandLine& line) {
    const auto reaches = [&](const std::string& name) {
      return std::any_of(line.env.begin(), line.env.end(),
                         [&](const Assignment& set) { return set.name == name; }) ||
             std::any_of(command.used.begin(), command.used.end(),
                         [&](const ShellUnknown& use) { return use.name == name; });
    };
    std::erase_if(bare_, [&](const auto& entry) {
      if (!reaches(entry.first)) return false;
      command.faults.push_back(entry.second);
      return true;
    });
  }

  void import(MetCommand& met) {
    text_ = met.text;
    const CommandLine& line = met.line;
    const bool needs_program = line.started && !line.python && !line.script;
    if (needs_program && report_no_program(met)) return;
    const auto& found = met.found;
    if (!found || line.runs_module || !applications_.is_recognised(*found)) {
      if (!met.text->in_line || request_.everything) report_unknown_command(met);
      return;
    }
    out_.add(met.findings);
    report_shell(met.command, places_, request_.kind, out_);
    report_unknown(met);
    make_job(met, *found);
  }

  /// Of a command that is none of ours, where it names what must not be passed over.
  void report_unknown_command(const MetCommand& met) {
    const CommandLine& line = met.line;
    if (line.runs_module) {
      if (line.script && named_.is_script(line.script->value.text + ".py"))
        not_read(met.command, *line.script);
      return;
    }
    const std::string name = line.script ? line.script->value.text : std::string();
    if (name.find(kVariableOpen) != name.npos || (line.script && !line.script->known))
      return not_read(met.command, *line.script);
    const bool script = line.script && named_.is_script(line.script->value.text);
    if (line.started || script || request_.everything) say_unknown(met.command, met.first, line);
  }

  /// Whether the launcher prints something and needs no program.
  static bool only_asks(const CommandLine& line) {
    return std::any_of(line.launch.begin(), line.launch.end(), [](const ShellWord& word) {
      const std::string& text = word.value.text;
      return text.starts_with("--help") || text.starts_with("--version") || text == "-h" ||
             text == "-V" || text.starts_with("--export-config");
    });
  }

  /// True when it is an error that no program stands behind the launcher's options.
  bool report_no_program(const MetCommand& met) {
    const CommandLine& line = met.line;
    const bool asks = only_asks(line);
    if (asks || line.launch.empty() || text_->in_line) return asks || text_->in_line;
    for (const auto& gap : met.command.gaps)
      if (gap.kind == ShellGap::Arguments || gap.kind == ShellGap::Substitution) return false;
    out_.add(FindingId::L056, span(*line.started),
             fmt::format("no program stands behind the options of {}", line.launcher))
        .help = "put the program behind them: python3 train.py";
    return true;
  }

  /// What the text sets or enters and no job can hold.
  void report_unknown(const MetCommand& met) {
    std::vector<ShellUnknown> all = met.command.unknown;
    all.insert(all.end(), met.unknown.begin(), met.unknown.end());
    for (const ShellUnknown& set : all) {
      out_.add(FindingId::L048, places_.span(set.begin, set.end),
               fmt::format("what only a shell can tell is left out: a job takes {} from its "
                           "environment",
                           set.name));
    }
    if (const auto& folder = met.unknown_folder)
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
    const bool used = std::any_of(command.used.begin(), command.used.end(),
                                  [&](const ShellUnknown& use) { return use.name == name; });
    return used && std::none_of(line.launch.begin(), line.launch.end(), [&](const ShellWord& word) {
             return word.value.text.find("-x " + name) != std::string::npos ||
                    word.value.text == name;
           });
  }

  void say_unknown(const ShellCommand& command, std::size_t first, const CommandLine& line) {
    const ShellWord& word = command.words[first];
    const ShellWord& what = line.script ? *line.script : word;
    const bool known = line.script && named_.is_script(line.script->value.text);
    Diagnostic& d = out_.add(
        FindingId::L060, places_.span(what.begin, what.end),
        known ? fmt::format("not a command of a known application: no preset and no option tells "
                            "whose {} this is",
                            load::base_name(what.value.text))
        : line.script ? fmt::format("no application that is known has {}", what.value.text)
                      : fmt::format("{} starts no script that is known", what.value.text));
    if (line.started)
      d.notes.push_back(
          {fmt::format("{} with {} was read", line.launcher,
                       counted(static_cast<std::int64_t>(line.launch.size()), "word")),
           places_.span(line.begin, line.end)});
    d.help = known ? "name it with --app: " + join(applications_.names(), ", ")
                   : "known scripts: " + join(applications_.scripts(), ", ");
  }

  Span span(const ShellWord& word) const { return places_.span(word.begin, word.end); }
  Span start(const CommandLine& line) const {
    return span(line.started ? *line.started : line.python ? *line.python : *line.script);
  }

  void make_job(const MetCommand& met, const FoundApplication& found) {
    const CommandLine& line = met.line;
    const std::vector<ShellLoop>& loops = met.command.loops;
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
    for (const ShellUnknown& use : met.command.used)
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
    jobs_.push_back(std::move(job));
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
    for (std::size_t& n = names_[name]; !taken_.insert(unique).second;)
      unique = fmt::format("{}-{}", name, ++n + 1);
    return unique;
  }

  const Catalog& catalog_;
  KnownApplications applications_;
  const NamedPrograms named_;
  const ImportRequest& request_;
  Places places_;
  Diagnostics& out_;
  Diagnostics pending_;  ///< of a command that may be none of ours
  ShellWalk walk_;
  const CommandText* text_ = nullptr;
  std::vector<MetCommand> met_;
  std::map<std::string, ShellMark<ShellFault>> bare_;  ///< JSON without quotes, by its variable
  std::map<std::string, std::size_t> names_;  ///< of jobs, and how many numbers each has had
  std::set<std::string> taken_;               ///< names with their numbers
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
