#include "import/command.h"

#include <fmt/format.h>

#include <algorithm>

#include "import/wrappers.h"
#include "ipucnn/launcher.h"
#include "ipucnn/launcher_line.h"

namespace ipucnn::importing {

using load::base_name;

namespace {

Span span_of(const Places& places, const ShellWord& word) {
  return places.span(word.begin, word.end);
}

/// Puts `--host a,b, c` together again.
void join_hosts(std::vector<ShellWord>& words, const Places& places, Diagnostics& out) {
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string& text = words[i].value.text;
    const bool hosts =
        text.rfind("--host=", 0) == 0 ||
        (i > 0 && (words[i - 1].value.text == "--host" || words[i - 1].value.text == "-H"));
    while (hosts && i + 1 < words.size() && words[i].value.text.back() == ',') {
      const ShellWord& next = words[i + 1];
      if (next.value.text.empty() || next.value.text.front() == '-' ||
          load::looks_like_program(next.value.text))
        break;
      out.add(FindingId::L049, span_of(places, next),
              fmt::format("a blank splits the host list: {} is the program to the launcher",
                          next.value.text))
          .help = "write the list without blanks";
      words[i].value.text += next.value.text;
      words[i].value.from.insert(words[i].value.from.end(), next.value.from.begin(),
                                 next.value.from.end());
      words[i].end = next.end;
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
  }
}

}  // namespace

std::string_view launcher_of(std::string_view word) {
  const std::string_view name = base_name(word);
  const std::string_view program = launcher_program(name);
  return !program.empty() && find_launcher(name) != nullptr ? name : program;
}

bool is_launcher(std::string_view word) { return !launcher_of(word).empty(); }

bool starts_program(std::string_view word) {
  return is_launcher(word) || load::looks_like_program(word);
}

std::optional<Assignment> assignment(const ShellWord& word) {
  const std::size_t equals = word.value.text.find('=');
  if (equals == std::string::npos) return std::nullopt;
  std::string_view name = std::string_view(word.value.text).substr(0, equals);
  const bool appends = name.ends_with('+');
  if (appends) name.remove_suffix(1);
  if (!is_variable_name(name)) return std::nullopt;
  return Assignment{std::string(name), word.value.part(equals + 1, word.value.text.size()),
                    word.begin, word.end, appends};
}

/// Goes behind a program that the launcher starts and that starts the one that is meant.
static void skip_wrappers(std::vector<ShellWord>& words, CommandLine& line, const Places& places,
                          Diagnostics& out) {
  if (words.empty() || assignment(words.front())) return;
  ShellCommand started;
  started.words = words;
  const std::size_t program = behind_wrappers(started);
  const std::string_view name = text_at(started, program);
  if (program == 0 || !starts_program(name) || is_launcher(name)) return;
  report_shell(started, places, CommandSource::Shell, out);
  for (std::size_t i = 0; i < program; ++i)
    if (auto set = assignment(words[i])) line.env.push_back(std::move(*set));
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(program));
}

CommandLine read_command(const Catalog& catalog, const ShellCommand& command, std::size_t first,
                         const Places& places, Diagnostics& out) {
  std::vector<ShellWord> words(command.words.begin() + static_cast<std::ptrdiff_t>(first),
                               command.words.end());
  CommandLine line;
  line.launcher = "none";
  line.begin = words.front().begin;
  line.end = command.end;
  if (is_launcher(words.front().value.text)) {
    line.launcher = launcher_of(words.front().value.text);
    line.started = words.front();
    words.erase(words.begin());
    join_hosts(words, places, out);
    std::vector<std::string> texts;
    for (const ShellWord& word : words) texts.push_back(word.value.text);
    const auto read = load::read_launcher_line(
        load::launcher_options(catalog, launcher_program(line.launcher)), texts);
    const auto program = words.begin() + static_cast<std::ptrdiff_t>(read.program);
    line.launch.assign(words.begin(), program);
    words.erase(words.begin(), program);
    skip_wrappers(words, line, places, out);
  }
  if (words.empty()) return line;
  std::size_t next = 0;
  if (load::looks_like_program(words[0].value.text) &&
      base_name(words[0].value.text).rfind("python", 0) == 0) {
    line.python = words[0];
    ++next;
    // Python's own options have one dash; two begin what is meant for a script.
    while (next < words.size() && words[next].value.text.size() > 1 &&
           words[next].value.text[0] == '-' && words[next].value.text[1] != '-') {
      const std::string option = words[next].value.text;
      line.python_options.push_back(words[next++]);
      if (option == "-m") line.runs_module = true;
      if (option == "-m" || option == "-c") break;
      if ((option == "-W" || option == "-X") && next < words.size())
        line.python_options.push_back(words[next++]);
    }
  }
  if (next < words.size() && words[next].value.text.substr(0, 1) != "-")
    line.script = words[next++];
  line.options.assign(words.begin() + static_cast<std::ptrdiff_t>(next), words.end());
  return line;
}

/// The blanks that stand behind a backslash belong to nothing.
std::string without_blanks(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != ' ' && c != '\t') out += c;
  return out;
}

/// What a line begins with that a backslash joins to the one whose rest this is; empty where none
/// is joined.
static std::string_view line_joined_to(std::string_view rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  if (!rest.starts_with("\\\n") && !rest.starts_with("\\\r\n")) return {};
  rest.remove_prefix(rest.find('\n') + 1);
  return rest.substr(std::min(rest.find_first_not_of(" \t"), rest.size()));
}

/// One finding for the script, which mends all its lines.
void add_carriage_returns(Span at, const Places& places, Diagnostics& out) {
  Diagnostic& d = out.add(
      FindingId::L070, at,
      "the lines of this script end in CR LF, and the shell takes the CR for a part of its words");
  d.help = "write the file with line feeds alone, as `dos2unix` does";
  const std::string_view text = places.text();
  for (std::size_t end = text.find("\r\n"); end != text.npos; end = text.find("\r\n", end + 1))
    d.fix.push_back({places.span(end, end + 1), ""});
}

void report_fault(const ShellMark<ShellFault>& fault, const Places& places, CommandSource kind,
                  Diagnostics& out) {
  const Span at = places.span(fault.begin, fault.end);
  const std::string text(places.text().substr(fault.begin, fault.end - fault.begin));
  const bool as_written = kind != CommandSource::Notebook;  // there it stands inside of JSON
  switch (fault.kind) {
    case ShellFault::StrayBlank:
      out.add(FindingId::L041, at,
              "a backslash puts the blank into the next word, which is then no option and no "
              "program")
          .help = "take the backslash away, or end the line behind it";
      return;
    case ShellFault::BlankBehindBackslash: {
      Diagnostic& d = out.add(
          FindingId::L042, at,
          "a blank behind the backslash ends the command here; the next line is another one");
      d.help = "take the blank away";
      if (as_written) d.fix.push_back({at, without_blanks(text)});
      return;
    }
    case ShellFault::LostBackslash: {
      Diagnostic& d = out.add(
          FindingId::L043, at,
          "no backslash behind this word: the command ends here, the next line is another one");
      d.help = "end the line with a backslash";
      const std::string_view next = line_joined_to(places.text().substr(fault.end));
      if (next.empty()) return;
      d.message = fmt::format("the next line is {}: the command ends there, backslash or not",
                              next[0] == '#' ? "a comment" : "empty");
      d.help = "take that line out";
      return;
    }
    case ShellFault::BackslashInQuotes: {
      Diagnostic& d = out.add(FindingId::L044, at,
                              "single quotes keep this backslash and the line end in the value");
      d.notes.push_back({"how the launcher splits such a value is not known", {}});
      d.help = "use double quotes, in which a backslash joins two lines";
      return;
    }
    case ShellFault::Prompt: {
      Diagnostic& d = out.add(FindingId::L045, at, "a prompt stands in front of the command");
      d.help = "leave it out where lines are copied";
      if (kind == CommandSource::Shell) {
        d.severity = Severity::Error;
        d.help = fmt::format("take it away: the shell would look for a program '{}'", text);
      }
      return;
    }
    case ShellFault::Placeholder:
      out.add(FindingId::L046, at,
              fmt::format("{} is a redirection to the shell, not a word", text))
          .help = "put a value in its place, or quotes around it";
      return;
    case ShellFault::BareJson:
      out.add(FindingId::L047, at,
              fmt::format("the shell takes the quotes away that JSON needs: {} has none around it",
                          text.substr(0, text.find('='))))
          .help = fmt::format("write {}'{}'", text.substr(0, text.find('=') + 1),
                              text.substr(text.find('=') + 1));
      return;
    case ShellFault::CarriageReturn:
      add_carriage_returns(at, places, out);
      return;
    case ShellFault::OtherBlank: {
      Diagnostic& d =
          out.add(FindingId::L071, at,
                  "this blank is none to a shell: it joins the words on both sides of it");
      d.help = "put an ordinary blank in its place";
      if (as_written) d.fix.push_back({at, " "});
      return;
    }
    case ShellFault::OpenQuote:
      out.add(FindingId::L051, at, "the quote that opens here is never closed").help =
          "close it at the end of the text";
      return;
    case ShellFault::OpenDocument:
      out.add(FindingId::L051, at,
              "no line ends the text that begins behind this one, so all the rest belongs to it")
          .help = "write the word that ends it on a line of its own, without blanks around it";
      return;
  }
}

void report_shell(const ShellCommand& command, const Places& places, CommandSource kind,
                  Diagnostics& out, Severity unread) {
  for (const auto& fault : command.faults) report_fault(fault, places, kind, out);
  for (const auto& gap : command.gaps) {
    const Span at = places.span(gap.begin, gap.end);
    const std::string_view text = places.text().substr(gap.begin, gap.end - gap.begin);
    switch (gap.kind) {
      case ShellGap::Substitution: {
        Diagnostic& d = out.add(FindingId::L040, at,
                                "only a shell can tell what this comes to, so it is not read");
        d.severity = unread;
        d.help = "write the value out, or set a variable: $NAME";
        break;
      }
      case ShellGap::Arguments:
        out.add(FindingId::L048, at, "the words that the script is given are left out");
        break;
      case ShellGap::Input:
        out.add(FindingId::L048, at, "what the command reads is left out: a run has no input");
        break;
      case ShellGap::Pipe:
        out.add(FindingId::L048, at, "the program that the output goes into is left out");
        break;
      case ShellGap::Wrapper:
        out.add(FindingId::L048, at,
                fmt::format("{} in front of the command is left out",
                            text.substr(0, text.find_first_of(" \t\\"))));
        break;
      case ShellGap::Processes: {
        Diagnostic& d = out.add(
            FindingId::L048, at,
            fmt::format("how many processes {} starts is not read, so the command is not checked",
                        text.substr(0, text.find_first_of(" \t\\"))));
        d.severity = Severity::Warning;
        break;
      }
      case ShellGap::Background:
        out.add(FindingId::L048, at, "that the command runs in the background is left out");
        break;
    }
  }
}

}  // namespace ipucnn::importing
