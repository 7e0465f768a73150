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

namespace {

/// The number in front, which is taken, and so is what stands behind it up to the next one.
std::string_view take_number(std::string_view& rest) {
  std::size_t size = 0;
  while (size < rest.size() && is_digit(rest[size])) ++size;
  const std::string_view number = rest.substr(0, size);
  while (size < rest.size() && std::string_view("-+Z.").find(rest[size]) == rest.npos &&
         !is_digit(rest[size]))
    ++size;
  rest.remove_prefix(size);
  return number;
}

std::string filled(std::string_view number, std::size_t digits) {
  std::string text(number.size() < digits ? digits - number.size() : 0, '0');
  return text.append(number);
}

}  // namespace

std::string timestamp_text(std::string_view timestamp) {
  std::string_view rest = timestamp;
  std::string text = filled(take_number(rest), 4);
  for (const char* const before : {"-", "-", " ", ":", ":"}) {
    if (rest.empty()) return text;  // a date alone
    if (rest.front() == '-') rest.remove_prefix(1);
    text += before + filled(take_number(rest), 2);
  }
  if (rest.starts_with('.')) {
    constexpr std::size_t kMicroseconds = 6;
    rest.remove_prefix(1);
    std::string fraction(take_number(rest).substr(0, kMicroseconds));
    fraction.resize(kMicroseconds, '0');
    if (fraction.find_first_not_of('0') != fraction.npos) text += "." + fraction;
  }
  if (rest.empty()) return text;
  const char sign = rest.front();
  rest.remove_prefix(1);
  const std::string hours = filled(take_number(rest), 2);
  const std::string zone = hours + ":" + filled(take_number(rest), 2);
  return text + (sign == '-' && zone != "00:00" ? "-" : "+") + zone;
}

}  // namespace ipucnn
