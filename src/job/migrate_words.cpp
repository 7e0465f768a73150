// Edits of a command where its words stand in a text.
#include "job/migrate_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/edits.h"
#include "base/line_part.h"
#include "base/shell_quote.h"

namespace ipucnn::job {
namespace {

/// What stands in a text from there on to the next blank.
std::string_view word_at(const Sources& sources, Span at) {
  const std::string_view onward = line_part(sources, at).onward;
  return onward.substr(0, onward.find(' '));
}

/// `{bs}`, `$BS`, `${BS}` at the front of a word; empty where it is no such thing.
std::string_view hole_at(std::string_view word) {
  const std::size_t name = word.substr(0, 2) == "${" ? 2 : 1;
  if (word.empty() || (word[0] != '{' && word[0] != '$')) return {};
  const bool braces = word[0] == '{' || name == 2;
  const std::size_t close = braces ? word.find('}') : std::string_view::npos;
  return braces ? word.substr(0, close == word.npos ? 0 : close + 1)
                : word.substr(0, word.find_first_of("\"'\t;&|)"));
}

/// The part of an option's word that is its flag; absent where the text does not have it there as
/// it is typed, because a variable, a list or quotes hold it.
std::optional<Span> typed_flag(const resolving::Override& given, const ImportedJob& command,
                               const Sources& sources) {
  const Word* only = nullptr;
  for (const Word& word : command.options)
    if (word.at == given.at) {
      if (only != nullptr) return std::nullopt;  // one word of the text came to several
      only = &word;
    }
  if (only == nullptr) return std::nullopt;
  const std::string_view typed = only->text;
  const std::string_view written = line_part(sources, given.at).at;
  const std::string_view brief = given.option.short_flag;
  const bool is_brief = !brief.empty() && !typed.starts_with("--") && typed.starts_with(brief);
  const std::string_view flag = is_brief ? brief : typed.substr(0, typed.find('='));
  if (!written.starts_with(flag) || (typed.size() == flag.size() && written != flag))
    return std::nullopt;
  Span at = given.at;
  at.length = static_cast<std::uint32_t>(flag.size());
  return at;
}

/// A value where it stands in the text.
struct TypedValue {
  Span at;                ///< with its quotes
  std::string_view hole;  ///< what stands for it; empty: the value itself
  bool quoted = false;
};

/// Absent where it does not stand there in one piece.
std::optional<TypedValue> typed_value(const Scalar& item, Span option, const Sources& sources) {
  TypedValue out{item.at, {}};
  std::string_view written = line_part(sources, out.at).at;
  if (out.at == option) {  // `--option="value"`
    const std::size_t value = written.find('=') + 1;
    written.remove_prefix(value);
    out.at.column += static_cast<std::uint32_t>(value);
    out.at.length -= static_cast<std::uint32_t>(value);
  }
  if (written == item.text) return out;
  const char quote = written.size() > 1 && written.front() == written.back() ? written[0] : ' ';
  out.quoted = quote == '"' || quote == '\'';
  if (out.quoted) written = written.substr(1, written.size() - 2);
  if (out.quoted && written == item.text) return out;
  if (!out.quoted) written = word_at(sources, out.at);
  out.hole = quote == '\'' ? std::string_view() : hole_at(written);
  if (out.hole.empty() || (out.quoted && out.hole != written)) return std::nullopt;
  if (!out.quoted)
    out.at.length = std::max(out.at.length, static_cast<std::uint32_t>(out.hole.size()));
  return out;
}

/// What stands of an option in the text, line by line, each with the blank before it. Absent where
/// something else stands there as well.
std::optional<std::vector<Span>> whole_option(const resolving::Override& given,
                                              const ImportedJob& command, const Sources& sources) {
  const auto flag = typed_flag(given, command, sources);
  if (!flag) return std::nullopt;
  std::vector<Span> all{given.at};
  for (const Scalar& item : given.value.items) {
    if (overlap(item.at, given.at)) continue;
    const auto typed = typed_value(item, given.at, sources);
    const auto same = [&](const auto& other) { return other.at == item.at; };
    const auto& items = given.value.items;
    if (!typed || std::count_if(items.begin(), items.end(), same) !=
                      std::count_if(command.options.begin(), command.options.end(), same))
      return std::nullopt;
    if (typed->at.line != all.back().line)
      all.push_back(typed->at);
    else
      all.back().length =
          std::max(all.back().length, typed->at.column + typed->at.length - all.back().column);
  }
  for (Span& part : all) {
    if (part.column == 1) continue;
    --part.column;
    ++part.length;
  }
  return all;
}

/// A word in a command's text. Where braces are for parameters, those that are meant stand twice.
std::string written_word(std::string_view word, const CommandText& text) {
  std::string out;
  for (const char c : quoted_for_shell(word))
    out.append(text.has_parameters && (c == '{' || c == '}') ? 2 : 1, c);
  return out;
}

bool needs_no_value(const OptionSpec& option) {
  return option.type == OptionType::Switch || option.type == OptionType::BoolWord;
}

}  // namespace

bool is_item(Span at, const CommandText& text) {
  if (text.kind == CommandSource::Shell) return false;
  std::string_view before = line_part(text.sources, at).before;
  before = before.substr(0, before.find_last_not_of(" \"'") + 1);
  return before.ends_with('[') || before.ends_with(',') ||
         before.substr(std::min(before.find_first_not_of(' '), before.size())) == "-";
}

std::string options_text(const std::vector<Arg>& words, Span place, const CommandText& text) {
  const std::string_view indent = line_part(text.sources, place).before;
  const bool own_lines = text.kind != CommandSource::Yaml && !indent.empty() &&
                         indent.find_first_not_of(' ') == indent.npos;
  std::string out;
  for (const Arg& word : words) {
    out += own_lines && word.begins && !out.empty() ? fmt::format(" \\\n{} ", indent) : " ";
    out += written_word(literal_text(word), text);
  }
  return out;
}

void WordEditor::remove(const resolving::Override& given, const std::string& instead) {
  const auto whole = whole_option(given, command_, text_.sources);
  if (!whole || is_item(given.at, text_)) return stay(given.at);
  for (const Span& part : *whole)
    out_.edits.push_back({part, &part == &whole->front() ? instead : std::string()});
}

void WordEditor::edit(const resolving::Override& given, const OptionSpec* there,
                      const Value& value) {
  if (there && edit_switch(given, *there, value)) return;
  const auto flag = typed_flag(given, command_, text_.sources);
  if (there && there->flag != given.option.flag) {
    if (!flag) return stay(given.at);
    out_.edits.push_back({*flag, std::string(there->flag)});
  }
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    const Scalar& old = given.value.items[i];
    const std::string& now = value.items[i].text;
    if (now == old.text || (flag && *flag == old.at)) continue;
    const auto typed = flag ? typed_value(old, given.at, text_.sources) : std::nullopt;
    const bool splits = quoted_for_shell(now) != now && is_item(given.at, text_);
    if (!typed || splits) return stay(old.at);
    if (typed->hole.empty())
      out_.edits.push_back({typed->at, written_word(now, text_)});
    else
      out_.elsewhere.push_back({typed->at, std::string(typed->hole), old.text, now, typed->quoted});
  }
}

/// An option with values where a switch stood, or the other way round. False: it is neither.
bool WordEditor::edit_switch(const resolving::Override& given, const OptionSpec& there,
                             const Value& value) {
  const bool alone = std::all_of(given.value.items.begin(), given.value.items.end(),
                                 [&](const Scalar& item) { return item.at == given.at; });
  if (alone && needs_no_value(given.option) && !needs_no_value(there)) {
    if (typed_flag(given, command_, text_.sources) != given.at || is_item(given.at, text_))
      return stay(given.at), true;
    std::string words(there.flag);
    for (const Scalar& item : value.items) words += ' ' + written_word(item.text, text_);
    out_.edits.push_back({given.at, words});
    return true;
  }
  if (there.type != OptionType::Switch || given.option.type == OptionType::Switch) return false;
  const bool on = value.scalar() != nullptr && yaml_bool(value.scalar()->text);
  remove(given, on ? " " + std::string(there.flag) : std::string());
  return true;
}

}  // namespace ipucnn::job
