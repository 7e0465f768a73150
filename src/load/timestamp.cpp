#include "load/timestamp.h"

#include <cstddef>

namespace ipucnn {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads a text from the front; every function takes what it is named after, or nothing.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool digits(std::size_t least, std::size_t most) {
    std::size_t n = 0;
    while (n < rest_.size() && n < most && is_digit(rest_[n])) ++n;
    if (n < least) return false;
    rest_.remove_prefix(n);
    return true;
  }
  bool one_of(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == characters.npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::size_t blanks() {
    std::size_t n = 0;
    while (one_of(" \t")) ++n;
    return n;
  }
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

bool is_date(std::string_view text) {
  Reader r(text);
  return r.digits(4, 4) && r.one_of("-") && r.digits(2, 2) && r.one_of("-") && r.digits(2, 2) &&
         r.done();
}

/// Z, or a sign, one or two digits and perhaps two more behind a colon.
bool is_zone(Reader r) {
  if (r.one_of("Z")) return r.done();
  return r.one_of("-+") && r.digits(1, 2) && (!r.one_of(":") || r.digits(2, 2)) && r.done();
}

}  // namespace

bool is_timestamp(std::string_view text) {
  if (text.size() < 10 || !is_digit(text.front()) || text[4] != '-') return false;
  if (is_date(text)) return true;
  Reader r(text);
  if (!r.digits(4, 4) || !r.one_of("-") || !r.digits(1, 2) || !r.one_of("-") || !r.digits(1, 2))
    return false;
  if (!r.one_of("Tt") && r.blanks() == 0) return false;
  if (!r.digits(1, 2) || !r.one_of(":") || !r.digits(2, 2) || !r.one_of(":") || !r.digits(2, 2))
    return false;
  if (r.one_of(".")) r.digits(0, text.size());
  if (r.done()) return true;
  r.blanks();
  return is_zone(r);
}

}  // namespace ipucnn
