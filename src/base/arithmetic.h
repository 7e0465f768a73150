#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ipucnn {

/// What of a text is no arithmetic, and where in it.
struct ArithmeticFault {
  std::size_t at = 0;
  std::size_t size = 0;
  std::string says;
};

/// Numbers, names, + - * / and parentheses, worked out as people write them. A name may stand in
/// braces, and is a letter or an underscore with letters, digits and underscores behind it.
class Arithmetic {
 public:
  /// Absent with `fault` for a text that is anything else.
  static std::optional<Arithmetic> parse(std::string_view text, ArithmeticFault& fault);

  /// The names in it, each once, in their order.
  std::vector<std::string> names() const;
  /// Absent when a name has no value, and for what is no finite number, as 1 / 0.
  std::optional<double> value(
      const std::function<std::optional<double>(std::string_view)>& value_of) const;

 private:
  friend class ArithmeticReader;
  enum class Kind : std::uint8_t { Number, Name, Negate, Add, Subtract, Multiply, Divide };
  /// One step of the calculation, operands before their operator.
  struct Token {
    Kind kind = Kind::Number;
    double number = 0;
    std::string name{};
  };
  std::vector<Token> tokens_;
};

}  // namespace ipucnn
