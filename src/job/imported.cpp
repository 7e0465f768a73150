// A command that was read: its request, and whether a plan of it comes to the same.
#include <fmt/format.h>

#include <algorithm>

#include "base/edits.h"
#include "base/line_part.h"
#include "base/literal_dollar.h"
#include "base/text.h"
#include "ipucnn/imported_job.h"
#include "job/line_meaning.h"
#include "job/parts.h"

namespace ipucnn {
namespace {

/// Variables as our files write them, so that they compare with a line's.
std::string word_text(const Arg& arg) {
  std::string text;
  for (const Piece& piece : arg.pieces) {
    if (piece.kind == Piece::Kind::Text)
      text += piece.text;
    else
      text += "${env:" + piece.text + (piece.fallback ? ":-" + *piece.fallback : "") + "}";
  }
  return text;
}

/// The text of the option's word that a place lies in; absent where it lies in none.
std::optional<std::string_view> word_at(const ImportedJob& job, const Span& at) {
  for (const Word& word : job.options)
    if (overlap(word.at, at)) return word.text;
  return std::nullopt;
}

/// Says where the text set the variables that stand in a place.
void note_variables(const Sources& sources, const ImportedJob& job, Diagnostic& d) {
  const std::string_view shown = line_part(sources, d.at).at;
  for (const ImportedVariable& set : job.variables) {
    const bool known = std::any_of(d.notes.begin(), d.notes.end(),
                                   [&](const Note& note) { return note.at == set.at; });
    const bool named =
        shown.find("$" + set.name) != shown.npos || shown.find("${" + set.name) != shown.npos;
    if (named && !known) d.notes.push_back({set.name + " is set here", set.at});
  }
}

/// Variables of the environment as the text writes them, and not as our files do.
std::string as_in_the_text(std::string text) {
  constexpr std::string_view kOpen = kVariableOpen;
  for (std::size_t at = text.find(kOpen); at != text.npos; at = text.find(kOpen, at + 1)) {
    const std::size_t close = text.find('}', at);
    const std::size_t fallback = text.find(':', at + kOpen.size());
    if (close != text.npos && fallback > close) text.erase(close, 1);
    text.replace(at, kOpen.size(), close != text.npos && fallback > close ? "$" : "${");
  }
  return text;
}

/// Whether a word is nothing but variables without quotes, which can come to no word or to several.
bool is_bare_variable(std::string_view word, std::string_view written) {
  if (!written.starts_with('$') && !written.starts_with('`')) return false;
  while (word.starts_with(kVariableOpen) && word.find('}') != word.npos)
    word.remove_prefix(word.find('}') + 1);
  return word.empty();
}

bool overlaps_one(const std::vector<Span>& all, const Span& at) {
  return std::any_of(all.begin(), all.end(), [&](const Span& one) { return overlap(one, at); });
}

bool stands_for_a_variable(const Sources& sources, const Span& at) {
  return line_part(sources, at).at.find_first_of("$`") != std::string_view::npos;
}

/// A finding on a command points at its words, whatever file of ours it comes of, and says by which
/// application's rules it was found.
Diagnostic in_the_text(const Sources& sources, const ImportedJob& job, Diagnostic d) {
  const Node preset = job.entry().body.find("preset");
  const Span old = d.at;
  if (old.line == 0 || sources.name(old.source).starts_with('<')) {
    d.at = preset ? preset.at() : job.at;
    if (old.line > 0) d.notes.push_back({"it comes of this", old});
  }
  const auto word = word_at(job, d.at);
  if (word && !holds_variable(*word)) note_variables(sources, job, d);
  if (finding_info(d.id).id[0] == 'K')
    d.notes.push_back(
        {job.release_guessed
             ? fmt::format("judged as {}; nothing in the text tells the release", job.application)
             : fmt::format("judged as {}", job.application),
         {}});
  return d;
}

/// Whether findings have spoken of an option as line_meaning has it.
bool is_lost(std::string_view option, const std::vector<std::string>& lost) {
  if (const std::size_t inner = option.find(": "); inner != option.npos)
    option.remove_prefix(inner + 2);
  const std::string_view flag = option.substr(0, option.find(' '));
  return std::find(lost.begin(), lost.end(), flag) != lost.end();
}

/// The line's words in the first turn of its loops.
std::vector<std::string> first_of_loops(const ImportedJob& job) {
  std::vector<std::string> words = job.line;
  for (const ImportedLoop& loop : job.loops) {
    for (std::string& word : words)
      if (const std::size_t at = word.find(loop.use); at != std::string::npos)
        word.replace(at, loop.use.size(), loop.values.front());
  }
  return words;
}

/// What one line says and the other does not, without what findings have spoken of.
std::string list_text(const std::vector<std::string>& all, const std::vector<std::string>& without,
                      const std::vector<std::string>& lost) {
  std::vector<std::string> left;
  std::set_difference(all.begin(), all.end(), without.begin(), without.end(),
                      std::back_inserter(left));
  std::erase_if(left, [&](const std::string& option) { return is_lost(option, lost); });
  return join(left, ", ");
}

/// Of the script's options those that take true or false as a word.
std::vector<std::string> bool_word_flags(const JobStep& step) {
  const Effective effective(step.schema(), step.purpose.script, step.settings);
  std::vector<std::string> flags;
  for (const Setting& set : step.settings.all())
    if (const auto option = effective.option(set.key);
        option && option->type == OptionType::BoolWord)
      flags.emplace_back(option->flag);
  return flags;
}

/// Flags that stand for a preset of the user's own: a plan writes its options out, and a line names
/// it. Empty for a preset that the application's file has.
std::vector<std::string> flags_of_own_preset(const JobStep& step) {
  std::vector<std::string> flags;
  if (!step.preset || step.preset->written_out.empty()) return flags;
  for (const auto option : {step.schema().preset_option(), step.schema().preset_file_option()})
    if (option != nullptr) flags.emplace_back(option->flag);
  const Effective effective(step.schema(), step.purpose.script, step.settings);
  for (const Setting& set : step.settings.all())
    if (const auto option = effective.option(set.key); option && is_of_preset(set.origin.kind)) {
      flags.emplace_back(option->flag);
      flags.emplace_back(option->off_flag);
    }
  return flags;
}

/// Whether a finding on the text speaks of this command; of several in a line each has its own.
bool is_told(const ImportedJob& job, const Diagnostic& d) {
  return std::find(job.told.begin(), job.told.end(), d.at) != job.told.end();
}

}  // namespace

namespace job {

Diagnostics of_command(const ReadCommand& command, const Diagnostics& found) {
  Diagnostics said;
  for (const Diagnostic& d : found.all()) {
    if (overlaps_one(command.told, d.at)) continue;
    const auto word = word_at(*command.job, d.at);
    const bool of_value = d.id == FindingId::K012 || d.id == FindingId::K013 ||
                          d.id == FindingId::K015 ||
                          (d.id == FindingId::K011 && word &&
                           is_bare_variable(*word, line_part(*command.sources, d.at).at));
    const bool open = word ? holds_variable(*word) : stands_for_a_variable(*command.sources, d.at);
    if (!of_value || !open) {
      Diagnostic shown = in_the_text(*command.sources, *command.job, d);
      shown.message = as_in_the_text(std::move(shown.message));
      shown.help = d.id == FindingId::L003 && command.job->of_container
                       ? "write $(NAME) for a variable of the container"
                       : as_in_the_text(std::move(shown.help));
      said.add(std::move(shown));
      continue;
    }
    Diagnostic& unread =
        said.add(FindingId::L040, d.at,
                 "only the start can tell what this comes to, so the command is not checked");
    unread.severity = Severity::Warning;
    unread.help = "set the variable in the text, or write its value";
  }
  return said;
}

}  // namespace job

JobRequest request_of(const ImportedJob& command, const JobRequest& words, const Diagnostics& found,
                      const Sources& sources) {
  JobRequest request = words;
  request.preset.reset();
  request.job.reset();
  request.entry = command.entry();
  request.overrides = command.options;
  if (command.at.source != kCommandLine)
    request.overrides.insert(request.overrides.end(), words.overrides.begin(),
                             words.overrides.end());
  ReadCommand& read = request.command.emplace();
  read.at = command.at;
  read.sources = &sources;
  read.job = &command;
  for (const Diagnostic& d : found.all())
    if ((d.id == FindingId::L040 || d.id == FindingId::L046) && is_told(command, d))
      read.told.push_back(d.at);
  return request;
}

bool has_unread_word(const ImportedJob& command, const Diagnostics& found) {
  if (command.figures_elsewhere) return true;
  const auto& all = found.all();
  return std::any_of(all.begin(), all.end(), [&](const Diagnostic& d) {
    return d.id == FindingId::L040 && d.severity == Severity::Error && is_told(command, d);
  });
}

bool report_open_values(const ImportedJob& command, Diagnostics& out) {
  for (const Span& at : command.open)
    out.add(FindingId::L040, at,
            "only a shell can tell what this comes to, and a job cannot ask one")
        .help = "write the value out, or set a variable: $NAME";
  return !command.open.empty();
}

bool is_unread(const ImportedJob& command, const Diagnostics& of_text,
               const Diagnostics& resolved) {
  const auto unread = [](const Diagnostic& d) { return d.id == FindingId::L040; };
  return has_unread_word(command, of_text) ||
         std::any_of(resolved.all().begin(), resolved.all().end(), unread) ||
         std::any_of(of_text.all().begin(), of_text.all().end(),
                     [&](const Diagnostic& d) { return unread(d) && is_told(command, d); });
}

bool is_faulty(const ImportedJob& command, const Diagnostics& of_text,
               const Diagnostics& resolved) {
  const auto wrong = [](const Diagnostic& d) {
    return d.severity == Severity::Error || d.id == FindingId::L040;
  };
  return std::any_of(resolved.all().begin(), resolved.all().end(), wrong) ||
         std::any_of(of_text.all().begin(), of_text.all().end(),
                     [&](const Diagnostic& d) { return wrong(d) && is_told(command, d); });
}

void compare_with_line(const ImportedJob& job, const JobPoint& point, const Catalog& catalog,
                       Diagnostics& out) {
  std::vector<std::string> words;
  const JobPlan plan = plan_of(point, PlanDetail::Words);
  for (const Arg& arg : plan.steps.front().command.argv) words.push_back(word_text(arg));
  const auto yes_or_no = bool_word_flags(point.first());
  const auto planned = job::line_meaning(catalog, words, yes_or_no);
  const auto read = job::line_meaning(catalog, first_of_loops(job), yes_or_no);
  std::vector<std::string> lost = flags_of_own_preset(point.first());
  lost.insert(lost.end(), job.lost.begin(), job.lost.end());
  const std::string more = list_text(planned, read, lost);
  const std::string less = list_text(read, planned, lost);
  if (more.empty() && less.empty()) return;
  Diagnostic& d =
      out.add(FindingId::L062, job.at,
              more.empty()   ? fmt::format("a plan of this job does not have {}", less)
              : less.empty() ? fmt::format("a plan of this job has {} as well", more)
                             : fmt::format("a plan of this job has {} in place of {}", more, less));
  const JobStep& step = point.first();
  const Effective effective(step.schema(), step.purpose.script, step.settings);
  const std::string_view launcher = step.geometry.launcher;
  step.purpose.node.find(fmt::format("under_{}", launcher)).each_pair([&](Node key, Node) {
    const auto option = effective.option(key.text());
    if (option && !more.empty() && less.empty() &&
        (more == option->flag || more == option->off_flag))
      d.help =
          fmt::format("add it: with {} the documents start {} so", launcher, step.purpose.program);
  });
}

Settings job_options(const JobStep& step) {
  const Effective effective(step.schema(), step.purpose.script, step.settings);
  std::vector<const Setting*> given;
  for (const Setting& set : step.settings.all())
    if (set.origin.kind == OriginKind::CommandLine) given.push_back(&set);
  std::stable_sort(given.begin(), given.end(),
                   [](const Setting* a, const Setting* b) { return a->origin.at < b->origin.at; });
  Settings options;
  for (const Setting* set : given) {
    Value value = set->value;
    const auto option = effective.option(set->key);
    const bool number =
        option && (option->type == OptionType::Int || option->type == OptionType::Float);
    for (Scalar& item : value.items) {
      const ScalarType plain = plain_scalar_type(item.text);
      if (number && !value.is_list && (plain == ScalarType::Int || plain == ScalarType::Float))
        item.type = plain;
    }
    options.assign(set->key, std::move(value), set->origin);
  }
  return options;
}

}  // namespace ipucnn
