#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace ipucnn::rehearsing {

using Field = std::variant<std::int64_t, double, std::string>;
using Fields = std::map<std::string, Field, std::less<>>;

/// A line of the descriptor with its fields put in: `{iteration:6}`, `{loss:6.3f}`, as in Python.
/// A name that is no field is asked of `option`; where that has nothing, too, it is None. Empty
/// when the format does not fit the field, with `error`.
std::optional<std::string> fill(
    std::string_view text, const Fields& fields,
    const std::function<std::optional<std::string>(std::string_view)>& option, std::string& error);

}  // namespace ipucnn::rehearsing
