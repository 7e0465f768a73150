#include "import/shell_redirect.h"

#include <algorithm>
#include <utility>

namespace ipucnn::importing {

bool RedirectReader::is_redirection() const {
  if (looking_at("&>")) return true;
  std::size_t at = at_;
  while (at < text_.size() && is_digit(text_[at])) ++at;
  if (at < text_.size() && text_[at] == '<' && !looking_at("<<") && placeholder_end(at))
    return false;
  return at < text_.size() && (text_[at] == '<' || text_[at] == '>');
}

void RedirectReader::take_redirection() {
  const std::size_t begin = at_;
  while (is_digit(peek())) ++at_;
  const std::string_view number = text_.substr(begin, at_ - begin);
  const bool input = peek() == '<' && (number.empty() || number == "0");
  const bool output = peek() == '&' || (peek() == '>' && (number.empty() || number == "1"));
  const bool here_string = looking_at("<<<");
  const bool here_document = looking_at("<<") && !here_string;
  const bool tabs = looking_at("<<-");
  if (peek() == '&') ++at_;
  while (peek() == '<' || peek() == '>') ++at_;
  if (here_document ? tabs : peek() == '&' || peek() == '|') ++at_;
  const bool copies = !here_document && text_[at_ - 1] == '&';
  at_ = behind_blanks(at_);
  ShellWord file;
  if (looking_at(">(") || looking_at("<("))
    skip_process();
  else if (at_ < text_.size() && line_end(at_) == 0 && !ends_word(peek()))
    file = read_file_word();
  if (input && file.value.text != "/dev/null") gap(ShellGap::Input, begin, at_);
  if (output && !copies && !file.value.text.empty()) command_.outputs.push_back(file);
  if (!here_string && !here_document) return;
  // Behind a block it is what the whole block reads.
  const bool of_block = command_.words.empty() && command_.lists.empty() && !commands_.empty() &&
                        commands_.back().role == ShellRole::Close && !commands_.back().ends_line;
  auto body = std::make_shared<ShellWord>();
  if (here_string)
    *body = file;
  else
    here_documents_.push_back(
        {file.value.text, tabs, file.quoted || file.escaped, body, offset(begin)});
  (of_block ? commands_.back() : command_).inputs.push_back(std::move(body));
}

/// What is wrong with the word is no matter of the command's.
ShellWord RedirectReader::read_file_word() {
  const std::size_t faults = command_.faults.size();
  const std::size_t gaps = command_.gaps.size();
  ShellWord file = read_word();
  command_.faults.resize(faults);
  command_.gaps.resize(gaps);
  return file;
}

void RedirectReader::skip_process() {
  const std::size_t begin = at_;
  ++at_;
  skip_nested('(', ')');
  if (at_ > begin + 3) substituted_.push_back(in_.part(begin + 2, at_ - 1));
}

void RedirectReader::take_process() {
  const std::size_t begin = at_;
  skip_process();
  ShellWord word;
  for (std::size_t i = begin; i < at_; ++i) word.value.add(text_[i], offset(i));
  word.begin = offset(begin);
  word.end = end_offset(at_);
  word.known = false;
  gap(ShellGap::Substitution, begin, at_);
  push_word(std::move(word));
}

void RedirectReader::take_here_documents() {
  for (const HereDocument& document : std::exchange(here_documents_, {})) take(document);
}

void RedirectReader::take(const HereDocument& document) {
  std::size_t end = at_;
  std::size_t next = text_.size();
  bool closed = false;
  while (end < text_.size() && !closed) {
    const std::size_t line = std::min(text_.find('\n', end), text_.size());
    std::string_view here = text_.substr(end, line - end);
    while (document.tabs && !here.empty() && here.front() == '\t') here.remove_prefix(1);
    if (!here.empty() && here.back() == '\r') here.remove_suffix(1);
    next = std::min(line + 1, text_.size());
    closed = here == document.end;
    if (!closed) end = next;
  }
  // What its text holds concerns no command of this shell.
  const ShellCommand kept = std::exchange(command_, {});
  *document.body = read_body(end, !document.quoted, document.tabs);
  command_ = kept;
  at_ = next;
  for (const Located& text : std::exchange(substituted_, {})) add_substituted(text);
  if (!closed && !commands_.empty())
    commands_.back().faults.push_back({ShellFault::OpenDocument, document.at, document.at + 2});
}

}  // namespace ipucnn::importing
