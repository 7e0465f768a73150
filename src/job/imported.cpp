// A command that was read: its request, and whether a plan of it comes to the same.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "ipucnn/imported_job.h"
#include "ipucnn/launcher_line.h"
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

/// One spelling for those of the launchers that have several.
std::string usual_flag(const std::string& flag) {
  constexpr std::pair<std::string_view, std::string_view> kSpellings[] = {
      {"--vv", "-vv"}, {"--verbose", "-v"}, {"-H", "--host"}, {"-n", "-np"},
      {"--n", "-np"},  {"--np", "-np"},     {"-c", "-np"}};
  for (const auto& [other, usual] : kSpellings)
    if (flag == other) return std::string(usual);
  return flag;
}

/// Options with their values, each a text of its own, in order of the alphabet: `--o=v` is `--o v`,
/// yes is 1, and words inside MPI's words stand for themselves.
class Meaning {
 public:
  static std::vector<std::string> of(const std::vector<std::string>& words) {
    Meaning meaning;
    for (const std::string& word : words) meaning.take(word, {});
    // Of MPI's words those inside count, not the option around them.
    std::erase_if(meaning.options_, [](const std::string& o) { return o.ends_with(": "); });
    std::sort(meaning.options_.begin(), meaning.options_.end());
    return std::move(meaning.options_);
  }

 private:
  void take(const std::string& word, std::string_view inside) {
    const bool is_value = inside.empty() && takes_words_;
    const bool option = !is_value && word.size() > 1 && word[0] == '-' &&
                        word.find_first_not_of("0123456789.", 1) != std::string::npos;
    takes_words_ = false;
    const bool program = inside.empty() && load::looks_like_program(word);
    if (!option && !program) return value(word, inside);
    const std::size_t equals = word.compare(0, 2, "--") == 0 ? word.find('=') : std::string::npos;
    const std::string flag = word.substr(0, equals);
    flag_ = usual_flag(flag);
    options_.push_back(std::string(inside) + flag_);
    takes_words_ = inside.empty() && equals == std::string::npos && holds_words();
    if (equals != std::string::npos) value(word.substr(equals + 1), inside);
  }

  void value(const std::string& text, std::string_view inside) {
    if (options_.empty()) {
      options_.push_back(text);
      return;
    }
    const auto inner = load::inner_words(text);
    if (inside.empty() && inner && holds_words()) {
      options_.pop_back();
      const std::string where = flag_ + ": ";
      options_.push_back(where);  // what follows a flag in there is its value
      for (const load::InnerWord& word : *inner) take(word.text, where);
      return;
    }
    const auto yes = load::parse_yes_no(text);
    const bool words = yes && text.size() > 1;
    options_.back() += " " + (words ? std::string(*yes ? "1" : "0") : text);
  }

  bool holds_words() const { return flag_ == "--mpi-global-args" || flag_ == "--mpi-local-args"; }

  std::string flag_;
  bool takes_words_ = false;  ///< the next word is the option's value, though it begins with a dash
  std::vector<std::string> options_;
};

bool overlap(const Span& a, const Span& b) {
  return a.source == b.source && a.line == b.line && a.column < b.column + b.length &&
         b.column < a.column + a.length;
}

/// The text of the option's word that a place lies in; absent where it lies in none.
std::optional<std::string_view> word_at(const ImportedJob& job, const Span& at) {
  for (const Word& word : job.options)
    if (overlap(word.at, at)) return word.text;
  return std::nullopt;
}

/// Says where the text set the variables that stand in a place.
void note_variables(const Sources& sources, const ImportedJob& job, Diagnostic& d) {
  const std::string_view line = sources.line(d.at);
  const std::string_view shown =
      line.substr(std::min<std::size_t>(d.at.column - 1, line.size()), d.at.length);
  for (const ImportedVariable& set : job.variables) {
    const bool known = std::any_of(d.notes.begin(), d.notes.end(),
                                   [&](const Note& note) { return note.at == set.at; });
    const bool named =
        shown.find("$" + set.name) != shown.npos || shown.find("${" + set.name) != shown.npos;
    if (named && !known) d.notes.push_back({set.name + " is set here", set.at});
  }
}

bool overlaps_one(const std::vector<Span>& all, const Span& at) {
  return std::any_of(all.begin(), all.end(), [&](const Span& one) { return overlap(one, at); });
}

bool holds_variable(const Sources& sources, const Span& at) {
  const std::string_view line = sources.line(at);
  const std::size_t from = std::min<std::size_t>(at.column - 1, line.size());
  return line.substr(from, at.length).find('$') != line.npos;
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
  if (word && word->find("${env:") == word->npos) note_variables(sources, job, d);
  if (finding_info(d.id).id[0] == 'K')
    d.notes.push_back(
        {job.release_guessed
             ? fmt::format("judged as {}; nothing in the text tells the release", job.application)
             : fmt::format("judged as {}", job.application),
         {}});
  return d;
}

/// Whether findings have spoken of an option as Meaning has it.
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

std::string list_text(const std::vector<std::string>& all,
                      const std::vector<std::string>& without) {
  std::vector<std::string> left;
  std::set_difference(all.begin(), all.end(), without.begin(), without.end(),
                      std::back_inserter(left));
  return join(left, ", ");
}

bool stands_in(const ImportedJob& job, const Span& at) {
  return at.source == job.at.source && at.line >= job.at.line && at.line <= job.last_line;
}

}  // namespace

namespace job {

Diagnostics of_command(const ReadCommand& command, const Diagnostics& found) {
  Diagnostics said;
  for (const Diagnostic& d : found.all()) {
    if (overlaps_one(command.told, d.at)) continue;
    const bool of_value =
        d.id == FindingId::K012 || d.id == FindingId::K013 || d.id == FindingId::K015;
    const auto word = word_at(*command.job, d.at);
    const bool open =
        word ? word->find("${env:") != word->npos : holds_variable(*command.sources, d.at);
    if (!of_value || !open) {
      said.add(in_the_text(*command.sources, *command.job, d));
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
    if (d.id == FindingId::L040 || d.id == FindingId::L046) read.told.push_back(d.at);
  return request;
}

bool has_unread_word(const ImportedJob& command, const Diagnostics& found) {
  if (command.figures_elsewhere) return true;
  const auto& all = found.all();
  return std::any_of(all.begin(), all.end(), [&](const Diagnostic& d) {
    return d.id == FindingId::L040 && d.severity == Severity::Error && stands_in(command, d.at);
  });
}

bool is_unread(const ImportedJob& command, const Diagnostics& of_text,
               const Diagnostics& resolved) {
  const auto unread = [](const Diagnostic& d) { return d.id == FindingId::L040; };
  return has_unread_word(command, of_text) ||
         std::any_of(resolved.all().begin(), resolved.all().end(), unread) ||
         std::any_of(of_text.all().begin(), of_text.all().end(),
                     [&](const Diagnostic& d) { return unread(d) && stands_in(command, d.at); });
}

bool is_faulty(const ImportedJob& command, const Diagnostics& of_text,
               const Diagnostics& resolved) {
  const auto wrong = [](const Diagnostic& d) {
    return d.severity == Severity::Error || d.id == FindingId::L040;
  };
  return std::any_of(resolved.all().begin(), resolved.all().end(), wrong) ||
         std::any_of(of_text.all().begin(), of_text.all().end(),
                     [&](const Diagnostic& d) { return wrong(d) && stands_in(command, d.at); });
}

void compare_with_line(const ImportedJob& job, const JobPoint& point, Diagnostics& out) {
  std::vector<std::string> words;
  const JobPlan plan = plan_of(point, PlanDetail::Words);
  for (const Arg& arg : plan.steps.front().command.argv) words.push_back(word_text(arg));
  const auto planned = Meaning::of(words);
  std::vector<std::string> line = first_of_loops(job);
  // What poprun takes where the line is silent.
  if (load::base_name(line.front()) == "poprun")
    for (const std::string option : {"--num-instances", "--num-replicas", "--ipus-per-replica"})
      if (std::none_of(line.begin(), line.end(), [&](const std::string& word) {
            return word.substr(0, word.find('=')) == option;
          }))
        line.insert(line.begin() + 1, {option, "1"});
  const auto read = Meaning::of(line);
  const std::string more = list_text(planned, read);
  auto kept = read;
  std::erase_if(kept, [&](const std::string& option) { return is_lost(option, job.lost); });
  const std::string less = list_text(kept, planned);
  if (more.empty() && less.empty()) return;
  out.add(FindingId::L062, job.at,
          more.empty()   ? fmt::format("a plan of this job does not have {}", less)
          : less.empty() ? fmt::format("a plan of this job has {} as well", more)
                         : fmt::format("a plan of this job has {} in place of {}", more, less));
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
