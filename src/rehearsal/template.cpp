#include "rehearsal/template.h"

#include <fmt/args.h>
#include <fmt/format.h>

#include "base/text.h"

namespace ipucnn::rehearsing {

std::optional<std::string> fill(
    std::string_view text, const Fields& fields,
    const std::function<std::optional<std::string>(std::string_view)>& option, std::string& error) {
  fmt::dynamic_format_arg_store<fmt::format_context> values;
  std::string spelled(text);  // an argument's name can hold no hyphen
  for (std::size_t open = text.find('{'); open != text.npos; open = text.find('{', open + 1)) {
    if (text.substr(open, 2) == "{{") {
      ++open;
      continue;
    }
    const std::string name(text.substr(open + 1, text.find_first_of(":}", open) - open - 1));
    const std::string argument = replace_char(name, '-', '_');
    if (argument != name) spelled.replace(open + 1, name.size(), argument);
    const auto field = fields.find(name);
    if (field == fields.end())
      values.push_back(fmt::arg(argument.c_str(), option(name).value_or("None")));
    else
      std::visit([&](const auto& value) { values.push_back(fmt::arg(argument.c_str(), value)); },
                 field->second);
  }
  try {
    return fmt::vformat(spelled, values);
  } catch (const fmt::format_error& e) {
    error = fmt::format("the line '{}' of the descriptor: {}", text, e.what());
    return std::nullopt;
  }
}

}  // namespace ipucnn::rehearsing
