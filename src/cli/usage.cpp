// What is wrong with options of ours, in their own words.
#include "cli/usage.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.h"
#include "base/text.h"
#include "cli/own_options.h"

namespace ipucnn::cli {
namespace {

/// What CLI11 refused, in the words of the option's row.
std::string refusal(const Given& given, const CommandRow& command, const CLI::ParseError& error) {
  const OptionRow& row = *given.row;
  if (row.is_switch()) return fmt::format("{} takes no value", row.flag());
  if (!given.value) return fmt::format("{} needs a value: {}", row.flag(), row.value.placeholder);
  const std::string& text = given.value->text;
  if (row.value.kind == ValueKind::Whole || row.value.kind == ValueKind::Count) {
    const bool large = parse_int64(text).value_or(0) > kLargestOwnFigure;
    const WordList& words = row.value.choices;
    return fmt::format("{} needs a whole number {}{}, not '{}'", row.flag(),
                       large ? fmt::format("of at most {}", kLargestOwnFigure)
                       : row.value.kind == ValueKind::Whole ? "of at least 1"
                                                            : "from 0 on",
                       words.size > 0 ? ", or " + words.joined(" or ") : "", text);
  }
  if (row.value.kind == ValueKind::Part)
    return fmt::format("{} needs a part such as 2% or 0.02, not '{}'", row.flag(), text);
  if (is_duration(row))
    return fmt::format(
        "{} needs {}, as 90, 90s, 15m or 1h30m, not '{}'", row.flag(),
        row.value.placeholder == "PHASE=DURATION" ? "a phase and a duration" : "a duration", text);
  if (row.value.kind == ValueKind::RunName)
    return fmt::format("{} needs a name that finds the run again, not '{}'", row.flag(), text);
  const WordList& choices = choices_of(row, command);
  if (choices.size > 0)
    return fmt::format("{} of `ipucnn {}` is {}, not '{}'", row.flag(), command.name,
                       choices.joined(" or "), text);
  return error.what();
}

void report(const Given& given, const CommandRow& command, const CLI::ParseError& error,
            Diagnostics& out) {
  Diagnostic& d = out.add(FindingId::U001, given.value ? given.value->at : given.flag.at,
                          refusal(given, command, error));
  if (given.value && given.row->value.kind == ValueKind::RunName)
    d.help =
        "`last` means the newest run, a comma parts several runs, and a word of an option "
        "begins with a hyphen";
  const WordList& choices = choices_of(*given.row, command);
  if (given.value && choices.size > 1 && !nearest_names(given.value->text, choices.all()).empty())
    d.help = suggestion(given.value->text, choices.all());
}

/// What is wrong with no option alone: one given twice, or beside another.
void report_together(const SplitArgv& split, const CommandRow& command,
                     const CLI::ParseError& error, Diagnostics& out) {
  const std::string_view text = error.what();
  for (const Given& given : split.given) {
    const auto several = split.values(given.row->id);
    if (!given.row->is(kSubject) || !command.is(kTakesOne) || several.size() < 2) continue;
    out.add(FindingId::U001, several[1].at,
            fmt::format("`ipucnn {}` takes one {}, and not '{}' and '{}'", command.name,
                        given.row->flag(), several[0].text, several[1].text));
    return;
  }
  // CLI11's message begins with the option that lacks another, or excludes it.
  const auto about = std::find_if(split.given.begin(), split.given.end(), [&](const Given& given) {
    return text.substr(0, text.find(' ')) == given.row->flag();
  });
  out.add(FindingId::U001, about == split.given.end() ? Span{} : about->flag.at, std::string(text));
}

std::string_view name_of(std::string_view word) { return word.substr(0, word.find('=')); }

/// The flags that `command` takes, or every command without one.
std::vector<std::string> own_flags(const CommandRow* command) {
  std::vector<std::string> flags;
  for (const OptionRow& row : option_rows())
    if (command != nullptr ? row.belongs_to(command->letter) : row.commands == "*")
      flags.push_back(row.flag());
  return flags;
}

/// "did you mean '--target'?", when one of our flags is near; never a list of all of them.
std::string own_suggestion(std::string_view typed, const CommandRow* command) {
  const std::vector<std::string> flags = own_flags(command);
  const std::vector<std::string_view> names(flags.begin(), flags.end());
  return nearest_names(typed, names).empty() ? std::string() : suggestion(typed, names);
}

std::string help_for_dash(std::string_view typed, const CommandRow* command) {
  if (typed == "-v") return "did you mean '--version'?";
  return own_suggestion(typed, command);
}

void foreign_option(const Given& given, const CommandRow& command, Diagnostics& out) {
  const OptionRow& row = *given.row;
  Diagnostic& d = out.add(FindingId::U001, given.flag.at,
                          fmt::format("{} is no option of `ipucnn {}`", row.flag(), command.name));
  if (command.is(kTakesOverrides))
    d.help = "an option of the application with this name stands behind `--`";
}

}  // namespace

void judge_options(SplitArgv& split, const CommandRow& command, Diagnostics& out) {
  const std::size_t before = out.all().size();
  for (const Given& given : split.given)
    if (!given.row->belongs_to(command.letter)) foreign_option(given, command, out);
  if (out.all().size() != before || split.given.empty()) return;
  try {
    parse_own_options(split.given, command);
    return;
  } catch (const CLI::ParseError& together) {
    for (Given& given : split.given) try {
        parse_own_options({&given, 1}, command);
      } catch (const CLI::RequiresError&) {
        // the other one may well be there
      } catch (const CLI::ParseError& alone) {
        report(given, command, alone, out);
      }
    if (out.all().size() == before) report_together(split, command, together, out);
  }
}

void judge_words(const SplitArgv& split, const CommandRow* command, Diagnostics& out) {
  for (const Word& word : split.before_command)
    out.add(FindingId::U001, word.at,
            fmt::format("{} stands before a command, and is no option of ipucnn",
                        name_of(word.text)))
        .help = help_for_dash(name_of(word.text), nullptr);
  if (command == nullptr) return;
  if (!command->is(kTakesOverrides) && !command->is(kTakesWords) && !split.overrides.empty()) {
    const Word& word = split.overrides.front();
    out.add(FindingId::U001, word.at,
            fmt::format("`ipucnn {}` has no option {}", command->name, name_of(word.text)))
        .help = help_for_dash(name_of(word.text), command);
  }
  if (split.positionals.size() <= command->most_words) return;
  const Word& word = split.positionals[command->most_words];
  Diagnostic& d = out.add(
      FindingId::U001, word.at,
      command->most_words == 0
          ? fmt::format("`ipucnn {}` takes no word '{}'", command->name, word.text)
          : fmt::format("'{}' is one word too many for `ipucnn {}`", word.text, command->name));
  if (command->most_words == 0 && option_row(Option::Config).belongs_to(command->letter))
    d.help = fmt::format("a preset is given with --config {}", word.text);
}

Diagnostics with_own_names(const Diagnostics& findings, const SplitArgv& split) {
  const CommandRow* command = split.command ? find_command(split.command->text) : nullptr;
  const auto own = [&](const Diagnostic& d) -> std::string {
    if (d.severity != Severity::Error) return {};
    const auto word =
        std::find_if(split.overrides.begin(), split.overrides.end(), [&](const Word& w) {
          return w.at.source == d.at.source && w.at.line == d.at.line && w.at.column == d.at.column;
        });
    if (word == split.overrides.end() || word->text.rfind("--", 0) != 0) return {};
    // Behind `--` one of our names is the application's.
    const std::vector<std::string> flags = own_flags(command);
    if (std::find(flags.begin(), flags.end(), name_of(word->text)) != flags.end()) return {};
    return own_suggestion(name_of(word->text), command);
  };
  Diagnostics all;
  for (Diagnostic d : findings.all()) {
    if (const std::string near = own(d); !near.empty())
      d.help = near + (d.help.empty() ? "" : " " + d.help);
    all.add(std::move(d));
  }
  return all;
}

}  // namespace ipucnn::cli
