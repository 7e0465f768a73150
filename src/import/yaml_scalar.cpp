#include "import/yaml_scalar.h"

#include <algorithm>
#include <string_view>

#include "import/yaml_masks.h"

namespace ipucnn::importing {
namespace {

/// Finds each byte of a YAML scalar's value in the text it was written in. Where a line end became
/// a blank, and behind an escape, the byte stands at what it was made of.
class ScalarPlaces {
 public:
  ScalarPlaces(const Places& places, Node scalar)
      : text_(places.text()),
        value_(scalar.text()),
        at_(places.offset_of(scalar.defined_at())),
        folded_(at_ < text_.size() && text_[at_] == '>') {}

  bool folded() const { return folded_; }

  Located run() {
    skip_head();
    Located out;
    for (const char c : value_) {
      const bool blank = c == ' ' || c == '\n' || c == '\t';
      if (!blank)
        while (at_ < text_.size() && is_white(text_[at_])) ++at_;
      out.add(c, static_cast<std::uint32_t>(std::min(at_, text_.size())));
      step(c, blank);
    }
    return out;
  }

 private:
  static bool is_white(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

  void skip_head() {
    if (at_ >= text_.size()) return;
    quote_ = text_[at_] == '"' || text_[at_] == '\'' ? text_[at_] : '\0';
    if (quote_ != '\0') ++at_;
    if (text_[at_] != '|' && text_[at_] != '>') return;
    at_ = std::min(text_.find('\n', at_), text_.size());
  }

  void step(char c, bool blank) {
    if (at_ >= text_.size()) return;
    if (text_[at_] == c || may_mask(text_[at_], c)) {
      at_ += quote_ == '\'' && c == '\'' ? 2 : 1;
    } else if (blank && is_white(text_[at_])) {
      // A folded line end: its indentation goes with it.
      while (at_ < text_.size() && is_white(text_[at_])) ++at_;
    } else if (quote_ == '"' && text_[at_] == '\\') {
      at_ += 2;
    }
  }

  std::string_view text_;
  std::string_view value_;
  std::size_t at_;
  bool folded_;
  char quote_ = '\0';
};

/// A folded scalar is one command, whose lines need no backslash; where one has it, and blanks
/// behind it, the line end stays.
template <typename Joins>
Located with_lines_joined(const Places& places, Node scalar, Joins joins) {
  ScalarPlaces reader(places, scalar);
  Located out = reader.run();
  if (!reader.folded()) return out;
  const std::string written = out.text;
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (written[i] != '\n' || !joins(written, i)) continue;
    const std::size_t last = written.find_last_not_of(" \t\n", i);
    if (last == std::string::npos || written[last] != '\\') out.text[i] = ' ';
  }
  return out;
}

/// Whether the line in front of a line end, or the one behind it, is indented more than the text.
bool is_indented(std::string_view text, std::size_t end) {
  const std::size_t begin = end == 0 ? 0 : text.rfind('\n', end - 1) + 1;
  const auto blank = [&](std::size_t at) {
    return at < text.size() && (text[at] == ' ' || text[at] == '\t');
  };
  return blank(begin) || blank(end + 1);
}

}  // namespace

Located scalar_text(const Places& places, Node scalar) {
  return with_lines_joined(places, scalar, [](std::string_view, std::size_t) { return true; });
}

Located shell_text(const Places& places, Node scalar) { return ScalarPlaces(places, scalar).run(); }

Located shell_or_words(const Places& places, Node scalar) {
  return with_lines_joined(places, scalar, is_indented);
}

}  // namespace ipucnn::importing
