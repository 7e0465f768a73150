#include "base/regex.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <vector>

namespace ipucnn {
namespace {

/// A construct that Python has and RE2 has not.
struct Unsupported {
  std::string_view begins;
  std::string_view what;
};
constexpr std::array kUnsupported = {
    Unsupported{"(?=", "look-ahead"},
    Unsupported{"(?!", "look-ahead"},
    Unsupported{"(?<=", "look-behind"},
    Unsupported{"(?<!", "look-behind"},
    Unsupported{"(?P=", "references to groups"},
    Unsupported{"(?(", "conditions on groups"},
    Unsupported{"(?#", "comments"},
};

/// Bytes of a class in brackets, from its bracket on; to the end where it is not closed.
std::size_t class_size(std::string_view text) {
  std::size_t at = 1;
  if (at < text.size() && text[at] == '^') ++at;
  if (at < text.size() && text[at] == ']') ++at;
  while (at < text.size() && text[at] != ']') {
    if (text.substr(at, 2) == "[:" && text.find(":]", at) != text.npos)
      at = text.find(":]", at) + 2;
    else
      at += text[at] == '\\' ? 2 : 1;
  }
  return std::min(at + 1, text.size());
}

/// Whether flags stand behind "(?", alone or before a colon, and this one is among them.
bool sets_flag(std::string_view group, char flag) {
  if (group.substr(0, 2) != "(?") return false;
  for (const char c : group.substr(2)) {
    if (c == flag) return true;
    if (std::isalpha(static_cast<unsigned char>(c)) == 0) return false;
  }
  return false;
}

std::optional<RegexFault> fault_of_group(std::string_view rest, std::size_t at) {
  for (const Unsupported& one : kUnsupported)
    if (rest.substr(0, one.begins.size()) == one.begins)
      return RegexFault{at, one.begins.size(), fmt::format("RE2 has no {}", one.what),
                        "match the text around the value as well; only the group is taken"};
  for (const char flag : {'x', 'a', 'u', 'L'})
    if (sets_flag(rest, flag) && rest.substr(0, 3) != "(?P")
      return RegexFault{at, rest.find(flag) + 1, fmt::format("RE2 has no flag {}", flag), ""};
  return std::nullopt;
}

std::optional<RegexFault> fault_of_escape(std::string_view rest, std::size_t at) {
  const char c = rest.size() > 1 ? rest[1] : '\0';
  if (c >= '1' && c <= '9')
    return RegexFault{at, 2, "RE2 has no references to groups", "repeat what the group holds"};
  if (c == 'Q' || c == 'C' || c == 'E')
    return RegexFault{at, 2, fmt::format("\\{} is no escape of Python's", c), ""};
  return std::nullopt;
}

/// The pattern in RE2's spelling; absent with `fault` where it has none.
std::optional<std::string> spelled_for_re2(std::string_view pattern, RegexFault& fault) {
  std::string text;
  for (std::size_t at = 0; at < pattern.size();) {
    const std::string_view rest = pattern.substr(at);
    std::size_t size = 1;
    std::optional<RegexFault> found;
    if (rest.front() == '\\') {
      size = std::min<std::size_t>(2, rest.size());
      found = fault_of_escape(rest, at);
    } else if (rest.front() == '[') {
      size = class_size(rest);
    } else if (rest.front() == '(') {
      found = fault_of_group(rest, at);
    }
    if (found) {
      fault = std::move(*found);
      return std::nullopt;
    }
    const std::string_view part = rest.substr(0, size);
    text += part == "\\Z" ? "\\z" : part;
    at += size;
  }
  return text;
}

/// Where RE2's own complaint points to.
RegexFault fault_of(const RE2& compiled, std::string_view pattern) {
  const std::string_view part(compiled.error_arg());
  const std::size_t at = part.empty() ? pattern.npos : pattern.find(part);
  const std::string says = compiled.error().substr(0, compiled.error().find(": "));
  if (at == pattern.npos) return {0, pattern.size(), says, ""};
  return {at, part.size(), says, ""};
}

/// Places of the groups' brackets.
std::vector<std::size_t> groups_of(std::string_view pattern) {
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < pattern.size();) {
    const std::string_view rest = pattern.substr(at);
    if (rest.front() == '(' && (rest.substr(0, 2) != "(?" || rest.substr(0, 3) == "(?P"))
      places.push_back(at);
    at += rest.front() == '\\' ? 2 : rest.front() == '[' ? class_size(rest) : 1;
  }
  return places;
}

/// Collects the texts that a pattern's matches hold, outside of groups.
class Literals {
 public:
  explicit Literals(std::string_view pattern) : rest_(pattern) {}

  std::string longest() {
    while (!rest_.empty())
      if (!step()) return "";
    end_run();
    return best_;
  }

  /// Of a pattern that has a longest(): the text that every match begins with; empty: none is sure.
  const std::string& leading() const { return leading_.value(); }

 private:
  /// False where nothing is sure.
  bool step() {
    const char c = rest_.front();
    switch (c) {
      case '|':
        return false;
      case '(':
        return skip_group();
      case '[':
        end_run();
        take(class_size(rest_));
        return true;
      case '\\':
        return escape();
      case '*':
      case '?':
      case '{':
        drop_last();
        [[fallthrough]];
      case '+':
        end_run();
        take(1);
        skip_quantifier(c);
        return true;
      case '.':
      case '^':
      case '$':
        end_run();
        take(1);
        return true;
      default:
        run_ += c;
        take(1);
        return true;
    }
  }

  void take(std::size_t size) { rest_.remove_prefix(std::min(size, rest_.size())); }

  void end_run() {
    if (!leading_) leading_ = run_;
    if (run_.size() > best_.size()) best_ = run_;
    run_.clear();
  }

  /// The last character, whatever its bytes, may be missing.
  void drop_last() {
    while (!run_.empty() && (static_cast<unsigned char>(run_.back()) & 0xC0U) == 0x80U)
      run_.pop_back();
    if (!run_.empty()) run_.pop_back();
  }

  void skip_quantifier(char first) {
    if (first == '{') take(std::min(rest_.find_first_not_of("0123456789,"), rest_.size()));
    if (first == '{' && !rest_.empty() && rest_.front() == '}') take(1);
    if (!rest_.empty() && rest_.front() == '?') take(1);
  }

  bool escape() {
    const char c = rest_.size() > 1 ? rest_[1] : '\0';
    constexpr std::string_view kClasses = "dDwWsSbBAzZ";
    if (std::isalnum(static_cast<unsigned char>(c)) == 0)
      run_ += c;
    else if (kClasses.find(c) != kClasses.npos)
      end_run();
    else
      return false;  // digits and names of characters, which are not worth reading
    take(2);
    return true;
  }

  bool skip_group() {
    end_run();
    if (sets_flag(rest_, 'i') && rest_.substr(0, 3) != "(?P") return false;
    int depth = 0;
    do {
      if (rest_.empty()) return false;
      const char c = rest_.front();
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      take(c == '\\' ? 2 : c == '[' ? class_size(rest_) : 1);
    } while (depth > 0);
    return true;
  }

  std::string_view rest_;
  std::string run_;
  std::string best_;
  std::optional<std::string> leading_{};
};

}  // namespace

std::string required_literal(std::string_view pattern) { return Literals(pattern).longest(); }

struct Regex::Compiled {
  Compiled(const std::string& text, const RE2::Options& options) : re2(text, options) {
    Literals literals(text);
    literal = literals.longest();
    if (!literal.empty()) leading = literals.leading();
  }

  RE2 re2;
  std::size_t group = 1;
  std::string literal;
  std::string leading;  // of every match
};

Regex::Regex(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Regex::~Regex() = default;

std::shared_ptr<const Regex> Regex::compile(std::string_view pattern, RegexFault& fault) {
  const auto text = spelled_for_re2(pattern, fault);
  if (!text) return nullptr;
  RE2::Options options;
  options.set_log_errors(false);
  auto compiled = std::make_unique<Compiled>(*text, options);
  if (!compiled->re2.ok()) {
    fault = fault_of(compiled->re2, pattern);
    return nullptr;
  }
  const auto& names = compiled->re2.NamedCapturingGroups();
  const auto groups = static_cast<std::size_t>(compiled->re2.NumberOfCapturingGroups());
  if (const auto named = names.find("value"); named != names.end()) {
    compiled->group = static_cast<std::size_t>(named->second);
  } else if (groups != 1) {
    const auto places = groups_of(pattern);
    fault = groups == 0 ? RegexFault{0, pattern.size(), "it has no group that holds the value",
                                     "write (?P<value>...) around it"}
                        : RegexFault{places.at(1), 1, "which of its groups holds the value?",
                                     "call one (?P<value>...), or write the others as (?:...)"};
    return nullptr;
  }
  return std::shared_ptr<const Regex>(new Regex(std::move(compiled)));
}

std::optional<std::string_view> Regex::find(std::string_view text) const {
  std::size_t from = 0;
  return find(text, from);
}

std::optional<std::string_view> Regex::find(std::string_view text, std::size_t& from) const {
  if (from > text.size()) return std::nullopt;
  constexpr std::size_t kMost = 32;
  std::array<re2::StringPiece, kMost> groups;
  const std::size_t wanted = compiled_->group + 1;
  std::vector<re2::StringPiece> many;
  re2::StringPiece* out = groups.data();
  if (wanted > kMost) {
    many.resize(wanted);
    out = many.data();
  }
  const auto match = [&](std::size_t at, RE2::Anchor anchor) {
    return compiled_->re2.Match({text.data(), text.size()}, at, text.size(), anchor, out,
                                static_cast<int>(wanted));
  };
  // Looking for a text is cheaper than having the expression look for its own beginning; not where
  // it stands often, since each look may go to the end of the text.
  constexpr int kLooks = 4;
  const std::string& leading = compiled_->leading;
  std::size_t at = text.find(leading, from);
  bool found = false;
  for (int looks = leading.empty() ? kLooks : 0; !found && at != text.npos; ++looks) {
    found = match(at, looks < kLooks ? RE2::ANCHOR_START : RE2::UNANCHORED);
    if (looks >= kLooks) break;
    if (!found) at = text.find(leading, at + 1);
  }
  if (!found) return std::nullopt;
  const auto behind = static_cast<std::size_t>(out[0].data() + out[0].size() - text.data());
  from = out[0].empty() ? behind + 1 : behind;
  const re2::StringPiece& value = out[compiled_->group];
  return value.data() == nullptr ? std::string_view()
                                 : std::string_view(value.data(), value.size());
}

const std::string& Regex::literal() const { return compiled_->literal; }

}  // namespace ipucnn
