#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ipucnn {

/// What of a regular expression cannot be used, and where in it.
struct RegexFault {
  std::size_t at = 0;
  std::size_t size = 0;
  std::string says;
  std::string help;  ///< empty: none is known
};

/// A regular expression in Python's spelling, matched by RE2, which takes time in proportion to the
/// text whatever the expression. It has one group that holds the value: the one called `value`, or
/// its only one.
class Regex {
 public:
  /// Null with `fault` for what is no expression, has no group for the value, or needs what RE2
  /// cannot do (look-around, references to groups).
  static std::shared_ptr<const Regex> compile(std::string_view pattern, RegexFault& fault);
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;
  ~Regex();

  /// What the value's group holds at the first match: empty where it took no part. Absent where
  /// nothing matches. Bytes that are not UTF-8 match nothing.
  std::optional<std::string_view> find(std::string_view text) const;

  /// The same from an offset on, which is moved behind the match, so that the next call finds the
  /// next one as Python's finditer does.
  std::optional<std::string_view> find(std::string_view text, std::size_t& from) const;

  /// A text that every match holds, so that others need not be tried; empty: none is known.
  const std::string& literal() const;

 private:
  struct Compiled;
  explicit Regex(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

/// The longest text that stands in every match; empty where none is sure. The pattern is one that
/// RE2 takes.
std::string required_literal(std::string_view pattern);

}  // namespace ipucnn
