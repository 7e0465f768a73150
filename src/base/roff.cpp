#include "base/roff.h"

#include <algorithm>

#include "base/text.h"
#include "base/wrap.h"

namespace ipucnn {
namespace {

/// A hyphen of ours is always the character of the keyboard: options are copied from manuals.
std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if (c == '\'')
      out += "\\(aq";
    else if (c == '`')
      out += "\\(ga";
    else if (c == '~')
      out += "\\(ti";
    else if (c == '^')
      out += "\\(ha";
    else
      out += c;
  }
  return out;
}

/// A line may begin with what would be a request.
std::string line(std::string_view text) {
  const bool request = !text.empty() && (text.front() == '.' || text.front() == '\'');
  return (request ? "\\&" : "") + shown(text);
}

/// Lines as they are shown.
std::string lines(std::string_view text) {
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    out += line(rest.substr(0, end)) + "\n";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

/// A text that is filled anyway, in lines that a reader of the source can take in.
std::string filled(std::string_view text) {
  constexpr std::size_t kWidth = 72;
  return lines(wrapped(text, 0, kWidth));
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : shown(text)) out += c == '"' ? std::string("\\(dq") : std::string(1, c);
  return out + "\"";
}

}  // namespace

ManualPage::ManualPage(std::string_view name, int section, std::string_view date,
                       std::string_view source, std::string_view about) {
  // A day is no option: mandoc reads it only as it stands.
  text_ = ".TH " + quoted(to_upper(name)) + " " + std::to_string(section) + " " +
          std::string(date) + " " + quoted(source) + "\n.SH NAME\n" + shown(name) + " \\- " +
          shown(about) + "\n";
}

void ManualPage::heading(std::string_view title) {
  text_ += ".SH " + quoted(title) + "\n";
  at_heading_ = true;
}

void ManualPage::part(std::string_view title) {
  text_ += ".SS " + quoted(title) + "\n";
  at_heading_ = true;
}

void ManualPage::paragraph(std::string_view text) {
  // A heading begins one by itself.
  if (!at_heading_) text_ += ".PP\n";
  text_ += filled(text);
  at_heading_ = false;
}

void ManualPage::item(std::string_view term, std::string_view takes, std::string_view text) {
  text_ += ".TP\n\\fB" + shown(term) + "\\fR";
  if (!takes.empty()) text_ += " \\fI" + shown(takes) + "\\fR";
  text_ += "\n" + filled(text);
  at_heading_ = false;
}

void ManualPage::literal(std::string_view text) {
  text_ += at_heading_ ? ".nf\n" : ".PP\n.nf\n";
  at_heading_ = false;
  text_ += lines(text);
  text_ += ".fi\n";
}

void ManualPage::see_also(std::string_view pages) {
  heading("SEE ALSO");
  text_ += filled(pages);
}

}  // namespace ipucnn
