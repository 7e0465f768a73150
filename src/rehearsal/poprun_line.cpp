#include "rehearsal/poprun_line.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "ipucnn/launcher_line.h"

namespace ipucnn::rehearsing {
namespace {

/// What such a parser says of a fault.
std::string refusal(const load::LauncherOption& given) {
  switch (given.fault) {
    case load::LauncherFault::None:
      break;
    case load::LauncherFault::Unknown:
    case load::LauncherFault::Abbreviated:
      return fmt::format("unrecognised option '{}'", given.flag);
    case load::LauncherFault::Surplus:
      return fmt::format("option '{}' does not take any arguments", given.flag);
    case load::LauncherFault::Missing:
      return fmt::format("the required argument for option '{}' is missing", given.flag);
    case load::LauncherFault::Repeated:
      return fmt::format("option '{}' cannot be specified more than once", given.flag);
    case load::LauncherFault::Invalid:
      return fmt::format("the argument ('{}') for option '{}' is invalid",
                         given.values.front().text, given.flag);
  }
  return {};
}

}  // namespace

std::optional<PoprunLine> PoprunLine::parse(Node options, const std::vector<std::string>& words,
                                            std::string& error) {
  const load::LauncherLine read = load::read_launcher_line(options, words);
  PoprunLine line(options);
  for (const load::LauncherOption& given : read.options) {
    if (given.fault != load::LauncherFault::None) {
      error = refusal(given);
      return std::nullopt;
    }
    line.given_.emplace_back(given.name.text(),
                             given.values.empty() ? std::string() : given.values.front().text);
  }
  line.program_.assign(words.begin() + static_cast<std::ptrdiff_t>(read.program), words.end());
  return line;
}

bool PoprunLine::has(std::string_view option) const {
  return std::any_of(given_.begin(), given_.end(),
                     [&](const auto& given) { return given.first == option; });
}

std::string PoprunLine::text(std::string_view option) const {
  for (const auto& [name, value] : given_)
    if (name == option) return value;
  return std::string(options_.find(option).find_text("default").value_or(""));
}

std::vector<std::string> PoprunLine::texts(std::string_view option) const {
  std::vector<std::string> all;
  for (const auto& [name, value] : given_)
    if (name == option) all.push_back(value);
  return all;
}

std::optional<std::int64_t> PoprunLine::number(std::string_view option) const {
  return parse_int64(text(option));
}

bool PoprunLine::yes(std::string_view option) const {
  return load::parse_yes_no(text(option)).value_or(false);
}

std::vector<std::string> PoprunLine::items(std::string_view option) const {
  std::vector<std::string> all;
  const std::string value = text(option);
  std::string_view rest = value;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    all.emplace_back(rest.substr(0, comma));
    rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
  }
  return all;
}

std::optional<std::vector<std::string>> split_words(std::string_view text) {
  const auto inner = load::inner_words(text);
  if (!inner) return std::nullopt;
  std::vector<std::string> words;
  for (const load::InnerWord& word : *inner) words.push_back(word.text);
  return words;
}

}  // namespace ipucnn::rehearsing
