#include "base/arithmetic.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace ipucnn {
namespace {

/// Deeper than any text of people, and each level is a call on the stack.
constexpr int kDeepest = 100;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

}  // namespace

/// sum := product {(+|-) product}, product := factor {(*|/) factor}, factor := [+|-] factor |
/// NUMBER | NAME | ( sum ).
class ArithmeticReader {
 public:
  ArithmeticReader(std::string_view text, ArithmeticFault& fault) : text_(text), fault_(fault) {}

  std::optional<Arithmetic> run() {
    if (!sum(0)) return std::nullopt;
    skip_blanks();
    if (at_ < text_.size()) {
      fail(1, text_.substr(at_, 2) == "**" ? "powers are not known here"
                                           : fmt::format("'{}' makes no sense here", text_[at_]));
      return std::nullopt;
    }
    return std::move(out_);
  }

 private:
  using Kind = Arithmetic::Kind;

  bool sum(int depth) {
    if (!product(depth)) return false;
    for (char c = peek(); c == '+' || c == '-'; c = peek()) {
      ++at_;
      if (!product(depth)) return false;
      add(c == '+' ? Kind::Add : Kind::Subtract);
    }
    return true;
  }

  bool product(int depth) {
    if (!factor(depth)) return false;
    for (char c = peek(); c == '*' || c == '/'; c = peek()) {
      if (text_.substr(at_, 2) == "**" || text_.substr(at_, 2) == "//")
        return fail(2, fmt::format("{} is not known here, only + - * / are", text_.substr(at_, 2)));
      ++at_;
      if (!factor(depth)) return false;
      add(c == '*' ? Kind::Multiply : Kind::Divide);
    }
    return true;
  }

  bool factor(int depth) {
    if (depth > kDeepest) return fail(1, "it is nested too deep");
    const char c = peek();
    if (c == '-' || c == '+') {
      ++at_;
      if (!factor(depth + 1)) return false;
      if (c == '-') add(Kind::Negate);
      return true;
    }
    if (c == '(') {
      ++at_;
      if (!sum(depth + 1)) return false;
      return take(')') || fail(1, "a ')' is missing");
    }
    if (c == '{') return braced_name();
    if (is_letter(c)) return name();
    return number();
  }

  bool braced_name() {
    ++at_;
    if (!is_letter(peek())) return fail(1, "a name is missing behind '{'");
    return name() && (take('}') || fail(1, "a '}' is missing"));
  }

  bool name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]))) ++at_;
    const std::size_t end = at_;  // peek goes over blanks
    if (peek() == '(') {
      at_ = begin;
      return fail(1, "functions are not known here");
    }
    out_.tokens_.push_back({Kind::Name, 0, std::string(text_.substr(begin, end - begin))});
    return true;
  }

  bool number() {
    double value = 0;
    const char* const begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc{} || !std::isfinite(value))
      return fail(1, at_ < text_.size() ? "a number or a name is missing here"
                                        : "a number or a name is missing at the end");
    at_ += static_cast<std::size_t>(end - begin);
    out_.tokens_.push_back({Kind::Number, value, {}});
    return true;
  }

  void add(Kind kind) { out_.tokens_.push_back({kind, 0, {}}); }
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n'))
      ++at_;
  }
  /// The next character that is no blank; NUL at the end.
  char peek() {
    skip_blanks();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  bool fail(std::size_t size, std::string says) {
    fault_ = {std::min(at_, text_.size()), size, std::move(says)};
    return false;
  }

  std::string_view text_;
  ArithmeticFault& fault_;
  std::size_t at_ = 0;
  Arithmetic out_;
};

std::optional<Arithmetic> Arithmetic::parse(std::string_view text, ArithmeticFault& fault) {
  return ArithmeticReader(text, fault).run();
}

std::vector<std::string> Arithmetic::names() const {
  std::vector<std::string> all;
  for (const Token& token : tokens_)
    if (token.kind == Kind::Name && std::find(all.begin(), all.end(), token.name) == all.end())
      all.push_back(token.name);
  return all;
}

std::optional<double> Arithmetic::value(
    const std::function<std::optional<double>(std::string_view)>& value_of) const {
  std::vector<double> stack;
  for (const Token& token : tokens_) {
    if (token.kind == Kind::Number) {
      stack.push_back(token.number);
      continue;
    }
    if (token.kind == Kind::Name) {
      const auto known = value_of(token.name);
      if (!known) return std::nullopt;
      stack.push_back(*known);
      continue;
    }
    if (token.kind == Kind::Negate) {
      stack.back() = -stack.back();
      continue;
    }
    const double right = stack.back();
    stack.pop_back();
    double& left = stack.back();
    if (token.kind == Kind::Add) left += right;
    if (token.kind == Kind::Subtract) left -= right;
    if (token.kind == Kind::Multiply) left *= right;
    if (token.kind == Kind::Divide) left /= right;
  }
  return std::isfinite(stack.back()) ? std::optional(stack.back()) : std::nullopt;
}

}  // namespace ipucnn
