#include "cli/imported.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/files.h"
#include "load/launcher_line.h"

namespace ipucnn::cli {
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

/// What is no value at all has been reported, and what the start puts in cannot be judged here.
void judge_unread_values(const Sources& sources, Diagnostics& findings, std::size_t from) {
  std::vector<Span> told;
  auto& all = findings.all();
  for (std::size_t i = 0; i < from; ++i)
    if (all[i].id == FindingId::L040 || all[i].id == FindingId::L046) told.push_back(all[i].at);
  const auto is_told = [&](const Diagnostic& d) {
    return std::any_of(told.begin(), told.end(), [&](const Span& at) { return overlap(at, d.at); });
  };
  all.erase(std::remove_if(all.begin() + static_cast<std::ptrdiff_t>(from), all.end(), is_told),
            all.end());
  for (std::size_t i = from; i < all.size(); ++i) {
    Diagnostic& d = all[i];
    if (d.id != FindingId::K012 && d.id != FindingId::K013 && d.id != FindingId::K015) continue;
    const std::string_view line = sources.line(d.at);
    if (line.substr(std::min<std::size_t>(d.at.column - 1, line.size()), d.at.length).find('$') ==
        line.npos)
      continue;
    d = {FindingId::L040,
         Severity::Warning,
         "only the start can tell what this comes to, so the command is not checked",
         d.at,
         {},
         "set the variable in the text, or write its value",
         {}};
  }
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

/// A word that only a shell can tell: whatever hangs on it would be judged wrongly.
bool has_unread_word(const ImportedJob& job, const Diagnostics& findings) {
  const auto& all = findings.all();
  return std::any_of(all.begin(), all.end(), [&](const Diagnostic& d) {
    return d.id == FindingId::L040 && d.severity == Severity::Error && stands_in(job, d.at);
  });
}

}  // namespace

std::optional<SourceId> take_command_text(Pipeline& pipeline, const std::string& path,
                                          std::string& usage) {
  auto text = read_file(path, usage);
  if (!text || !command_source(path, *text)) return std::nullopt;
  return pipeline.sources().add(path, std::move(*text));
}

ImportRequest import_request(const SplitArgv& split) {
  ImportRequest request;
  for (const Given& given : split.given) {
    if (given.row->id == Option::App && given.value)
      request.application = parse_app_id(given.value->text);
    if (given.row->id == Option::Launch && given.value && given.value->text.rfind("sdk=", 0) == 0)
      request.sdk = std::string_view(given.value->text).substr(4);
  }
  return request;
}

std::vector<ImportedJob> import_text(Pipeline& pipeline, const SplitArgv& split, SourceId source) {
  ImportRequest request = import_request(split);
  const Sources& sources = pipeline.sources();
  request.kind =
      command_source(sources.name(source), sources.text(source)).value_or(CommandSource::Shell);
  return import_commands(pipeline.catalog(), sources, source, request, pipeline.findings());
}

bool resolve_imported(Pipeline& pipeline, const SplitArgv& split, const ImportedJob& job) {
  if (has_unread_word(job, pipeline.findings())) return false;
  SplitArgv words = split;
  words.overrides = job.options;
  if (job.at.source != kCommandLine)
    words.overrides.insert(words.overrides.end(), split.overrides.begin(), split.overrides.end());
  Diagnostics& findings = pipeline.findings();
  const std::size_t from = findings.all().size();
  const bool finished = pipeline.take_job(job) && pipeline.resolve(words, std::nullopt);
  judge_unread_values(pipeline.sources(), findings, from);
  return finished;
}

void compare_with_line(Pipeline& pipeline, const SplitArgv& split, const ImportedJob& job) {
  if (job.at.source != kCommandLine && !split.overrides.empty()) return;
  const auto plans = pipeline.plans(PlanDetail::Words);
  std::vector<std::string> words;
  for (const Arg& arg : plans.front().steps.front().command.argv) words.push_back(word_text(arg));
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
  pipeline.findings().add(
      FindingId::L062, job.at,
      more.empty()   ? fmt::format("a plan of this job does not have {}", less)
      : less.empty() ? fmt::format("a plan of this job has {} as well", more)
                     : fmt::format("a plan of this job has {} in place of {}", more, less));
}

bool is_faulty(const ImportedJob& job, const Diagnostics& findings, std::size_t from) {
  const auto& all = findings.all();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool unread = all[i].id == FindingId::L040;
    if ((all[i].severity == Severity::Error || unread) && (i >= from || stands_in(job, all[i].at)))
      return true;
  }
  return false;
}

}  // namespace ipucnn::cli
