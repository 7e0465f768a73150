#include "ipucnn/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "import/benchmark_check.h"
#include "import/import_text.h"
#include "import/ipujob.h"
#include "import/make_job.h"
#include "import/named_programs.h"
#include "import/open_values.h"
#include "import/shell_tidy.h"
#include "import/shell_walk.h"
#include "import/synopsis.h"
#include "import/unroll.h"
#include "import/yaml_masks.h"
#include "ipucnn/launcher_line.h"

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

  std::vector<ImportedJob> run(const std::vector<Node>& documents) {
    return run(command_texts(places_, request_.kind, request_.begin, documents, out_));
  }

  std::vector<ImportedJob> run(const std::vector<CommandText>& texts) {
    for (const CommandText& text : texts) {
      if (text.new_section) finish();
      text_ = &text;
      std::vector<ShellCommand> commands =
          text.argv.words.empty() ? read_shell(text.text) : std::vector{text.argv};
      report_text(commands);
      walk_.go(std::move(commands));
    }
    finish();
    for (MetCommand& met : met_)
      applications_.recognise(met.line, met.command.loops, request_, places_, met.found);
    met_ = without_loops(std::move(met_), applications_, request_, places_);
    const std::size_t of_text = out_.all().size();
    for (MetCommand& met : met_) import(met, of_text);
    return std::move(jobs_);
  }

 private:
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
            (fault.kind == ShellFault::OpenQuote || fault.kind == ShellFault::OpenDocument) &&
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
    } else if (is_quoted_command(command.words[first])) {
      const ShellWord& all = command.words[first];
      if (!text_->argv.words.empty()) return not_read(command, all);
      Diagnostic& d = out_.add(FindingId::L072, span(all),
                               "a shell looks for a program that has all of this for its name");
      d.severity = Severity::Error;
      d.help = "leave the quotes out";
    } else if (const auto named = named_.find(command, first)) {
      not_read(command, command.words[*named]);
    } else if (request_.everything) {
      say_unknown(command, first, read_line(command, first));
    }
  }

  /// `"$CMD"`, whose value is a command with its words.
  bool is_quoted_command(const ShellWord& word) const {
    const std::string_view text = word.value.text;
    const std::size_t blank = text.find(' ');
    return blank != text.npos && starts_program(text.substr(0, blank)) && named_.in_text(text);
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
    const bool open = !word.known || holds_variable(text);
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
    const bool is_document =
        request_.kind == CommandSource::Markdown || request_.kind == CommandSource::Rst;
    if (is_document && is_synopsis(command)) return false;
    CommandLine line = read_line(command, first);
    const bool lost = line.started && !line.python && !line.script && !only_asks(line) &&
                      command.ends_line && next != nullptr && !next->words.empty() &&
                      load::looks_like_program(next->words[0].value.text);
    if (lost) {
      continue_with(command, *next);
      line = read_line(command, first);
    }
    add_bare_json(command, line);
    std::vector<ShellUnknown> open = open_values(command, line);
    met_.push_back({command, first, std::move(line), std::move(pending_),
                    walk_.state().unknown_exported(), walk_.state().unknown_folder(),
                    std::move(open), text_, std::nullopt});
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

  /// Of the findings so far the first ones are on the text as a whole.
  void import(MetCommand& met, std::size_t of_text) {
    text_ = met.text;
    const CommandLine& line = met.line;
    const bool needs_program = line.started && !line.python && !line.script;
    if (needs_program && report_no_program(met)) return;
    const auto& found = met.found;
    if (!found || line.runs_module || !applications_.is_recognised(*found)) {
      if (!met.text->in_line || request_.everything) report_unknown_command(met);
      return;
    }
    Diagnostics& said = met.findings;
    // A job cannot be made without it; a text may be right.
    report_shell(met.command, places_, request_.kind, said,
                 request_.everything ? Severity::Error : Severity::Warning);
    report_unknown(met, said);
    ImportedJob& job =
        jobs_.emplace_back(make_job({catalog_, applications_, request_, places_, names_, said},
                                    met.command, met.line, *met.text, *found));
    job.of_container = met.text->of_container;
    for (const auto& gap : met.command.gaps)
      job.figures_elsewhere = job.figures_elsewhere || gap.kind == ShellGap::Processes ||
                              gap.kind == ShellGap::Substitution;
    for (const ShellUnknown& value : met.open)
      job.open.push_back(places_.span(value.begin, value.end));
    for (const Diagnostic& d : said.all()) job.told.push_back(d.at);
    for (std::size_t i = 0; i < of_text; ++i)
      if (const Span& at = out_.all()[i].at;
          at.source == job.at.source && at.line >= job.at.line && at.line <= job.last_line)
        job.told.push_back(at);
    out_.add(said);
  }

  /// Of a command that is none of ours, where it names what must not be passed over.
  void report_unknown_command(const MetCommand& met) {
    const CommandLine& line = met.line;
    if (line.runs_module) {
      if (line.script && named_.is_script(line.script->value.text + ".py"))
        return not_read(met.command, *line.script);
      for (const ShellWord& word : line.options)
        if (named_.is_script(word.value.text)) return not_read(met.command, word);
      return;
    }
    const std::string name = line.script ? line.script->value.text : std::string();
    if (holds_variable(name) || (line.script && !line.script->known))
      return not_read(met.command, *line.script);
    const bool script = line.script && named_.is_script(line.script->value.text);
    // `poprun bash -c TEXT`, `poprun ./wrapper.sh train.py`
    if (line.started && !script && !(line.script && is_no_program(line.script->value.text)))
      for (const ShellWord& word : line.options)
        if (named_.in_text(word.value.text)) return not_read(met.command, word);
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
    if (!met.open.empty()) return false;
    for (const auto& gap : met.command.gaps)
      if (gap.kind == ShellGap::Arguments || gap.kind == ShellGap::Substitution) return false;
    out_.add(FindingId::L056, span(*line.started),
             fmt::format("no program stands behind the options of {}", line.launcher))
        .help = "put the program behind them: python3 train.py";
    return true;
  }

  /// What the text sets or enters and no job can hold.
  void report_unknown(const MetCommand& met, Diagnostics& out) const {
    std::vector<ShellUnknown> all = met.command.unknown;
    all.insert(all.end(), met.unknown.begin(), met.unknown.end());
    for (const ShellUnknown& set : all) {
      out.add(FindingId::L048, places_.span(set.begin, set.end),
              fmt::format("what only a shell can tell is left out: a job takes {} from its "
                          "environment",
                          set.name));
    }
    if (const auto& folder = met.unknown_folder)
      out.add(FindingId::L048, places_.span(folder->begin, folder->end),
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

  /// A number, or `NAME=VALUE`: an option's value that lost its option, or half of a word.
  static bool is_no_program(std::string_view word) {
    const std::size_t equals = word.find('=');
    return word.find_first_not_of("0123456789.") == word.npos ||
           (equals != word.npos && is_variable_name(word.substr(0, equals)));
  }

  void say_unknown(const ShellCommand& command, std::size_t first, const CommandLine& line) {
    const ShellWord& word = command.words[first];
    const ShellWord& what = line.script ? *line.script : word;
    const bool known = line.script && named_.is_script(line.script->value.text);
    if (line.started && line.script && is_no_program(line.script->value.text)) {
      out_.add(FindingId::L056, places_.span(what.begin, what.end),
               fmt::format("{} takes {} for the program it starts", line.launcher, what.value.text))
          .help = "put the program behind the options: python3 train.py";
      return;
    }
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
  JobNames names_;
  std::vector<ImportedJob> jobs_;
};

}  // namespace

std::vector<ImportedJob> import_text(const Catalog& catalog, const Sources& sources,
                                     SourceId source, const ImportRequest& request,
                                     CommandText text, Diagnostics& out) {
  std::vector<CommandText> texts;
  texts.push_back(std::move(text));
  return Importer(catalog, sources, source, request, out).run(texts);
}

}  // namespace importing

Entry ImportedJob::entry() const {
  Entry found;
  root(document->tree).find("jobs").each_pair([&](Node key, Node body) { found = {key, body}; });
  return found;
}

std::vector<ImportedJob> import_commands(const Catalog& catalog, const Sources& sources,
                                         SourceId source, const ImportRequest& request,
                                         Diagnostics& out) {
  std::string masked;
  std::vector<std::unique_ptr<Document>> yaml;
  if (request.kind == CommandSource::Yaml)
    yaml = importing::read_documents(sources, source, masked, out);
  std::vector<Node> documents;
  for (const auto& document : yaml) documents.push_back(root(document->tree));
  if (documents.size() == 1 && is_benchmark_spec(documents.front())) {
    const auto entries = read_benchmarks({catalog, sources, request}, documents.front(), out);
    const auto texts = importing::benchmark_commands(importing::Places(sources, source), entries);
    if (request.plain != nullptr)
      for (const BenchmarkEntry& entry : entries)
        *request.plain += importing::judge_plain({catalog, sources, request}, entry, out);
    return importing::Importer(catalog, sources, source, request, out).run(texts);
  }
  for (const Node document : documents) importing::check_ipujob(document, out);
  return importing::Importer(catalog, sources, source, request, out).run(documents);
}

}  // namespace ipucnn
