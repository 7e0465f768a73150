#pragma once

#include <optional>
#include <string_view>

#include "import/located.h"

namespace ipucnn::importing {

/// Goes through a JSON text value by value and keeps nothing of it, so that a notebook with
/// pictures costs no more than its text.
class JsonReader {
 public:
  JsonReader(std::string_view text, std::size_t begin) : text_(text), at_(begin) {}

  /// Whether a value of the kind begins here: `{`, `[` or `"`.
  bool at(char kind);
  /// Calls `take(key)` in front of each value of the object that begins here; what it leaves is
  /// passed over.
  template <typename Take>
  void each_member(Take take) {
    each('{', '}', [&] {
      const Located key = string();
      if (!accept(':')) return fail();
      const std::size_t before = at_;
      take(key.text);
      if (at_ == before) skip();
    });
  }
  /// Calls `take()` in front of each item of the list that begins here.
  template <typename Take>
  void each_item(Take take) {
    each('[', ']', [&] {
      const std::size_t before = at_;
      take();
      if (at_ == before) skip();
    });
  }
  /// The string that begins here, with its escapes put in; a failure where none does.
  Located string();
  /// Goes behind a value.
  void skip();

  std::size_t place() const { return at_; }
  void go_to(std::size_t place) { at_ = place; }
  /// Where the text is no JSON; absent as long as it is.
  std::optional<std::size_t> failed() const { return failed_; }

 private:
  template <typename Take>
  void each(char open, char close, Take take) {
    if (!accept(open)) return fail();
    if (accept(close)) return;
    do take();
    while (!failed_ && accept(','));
    if (!failed_ && !accept(close)) fail();
  }

  void skip_blanks();
  bool accept(char c);
  void fail();
  void escape(Located& into);
  std::optional<std::uint32_t> hex_digits();

  std::string_view text_;
  std::size_t at_;
  std::optional<std::size_t> failed_;
};

}  // namespace ipucnn::importing
