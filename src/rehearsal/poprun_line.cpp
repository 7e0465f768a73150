#include "rehearsal/poprun_line.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace ipucnn::rehearsing {
namespace {

/// Boost.Program_options' words for a bool, in any case.
std::optional<bool> parse_yes_no(std::string_view text) {
  const std::string word = to_lower(text);
  for (const std::string_view yes : {"yes", "1", "on", "true"})
    if (word == yes) return true;
  for (const std::string_view no : {"no", "0", "off", "false"})
    if (word == no) return false;
  return std::nullopt;
}

/// Whether the option's value is one that it takes.
bool is_valid(Node option, std::string_view text) {
  const auto takes = option.find_text("takes").value_or("text");
  if (takes == "yes_no") return parse_yes_no(text).has_value();
  if (takes == "number") {
    const auto value = parse_int64(text);
    return value && *value >= option.find_int("least").value_or(0);
  }
  const Node choices = option.find("choices");
  return !text.empty() && (!choices || choices.contains(text));
}

}  // namespace

class PoprunParser {
 public:
  PoprunParser(Node options, const std::vector<std::string>& words, std::string& error)
      : options_(options), words_(words), error_(error), line_(options) {}

  std::optional<PoprunLine> run() {
    while (next_ < words_.size() && words_[next_].size() > 1 && words_[next_].front() == '-')
      if (!take_option(words_[next_++])) return std::nullopt;
    line_.program_.assign(words_.begin() + static_cast<std::ptrdiff_t>(next_), words_.end());
    return std::move(line_);
  }

 private:
  struct Found {
    Node name;
    Node option;
  };

  Found find(std::string_view flag) const {
    Found found;
    options_.each_pair([&](Node name, Node option) {
      const bool own =
          flag.size() > 2 && flag.substr(0, 2) == "--" && flag.substr(2) == name.text();
      if (own || option.find_text("short") == flag || option.find("also").contains(flag))
        found = {name, option};
    });
    return found;
  }

  bool take_option(const std::string& word) {
    const std::size_t equals = word.compare(0, 2, "--") == 0 ? word.find('=') : word.npos;
    std::string_view flag = std::string_view(word).substr(0, equals);
    std::optional<std::string> value;
    if (equals != word.npos) value = word.substr(equals + 1);
    Found found = find(flag);
    if (!found.name && word[1] != '-' && word.size() > 2) {  // -Hhost
      found = find(flag.substr(0, 2));
      flag = flag.substr(0, 2);
      value = word.substr(2);
    }
    if (!found.name) return refuse(fmt::format("unrecognised option '{}'", flag));
    if (found.option.find_text("takes") == "nothing") {
      if (value) return refuse(fmt::format("option '{}' does not take any arguments", flag));
      line_.given_.emplace_back(found.name.text(), "");
      return true;
    }
    if (!value && next_ < words_.size()) value = words_[next_++];
    if (!value || value->empty())
      return refuse(fmt::format("the required argument for option '{}' is missing", flag));
    if (line_.has(found.name.text()) && !found.option.find_bool("repeatable", false))
      return refuse(fmt::format("option '{}' cannot be specified more than once", flag));
    if (!is_valid(found.option, *value))
      return refuse(fmt::format("the argument ('{}') for option '{}' is invalid", *value, flag));
    line_.given_.emplace_back(found.name.text(), std::move(*value));
    return true;
  }

  bool refuse(std::string error) {
    error_ = std::move(error);
    return false;
  }

  Node options_;
  const std::vector<std::string>& words_;
  std::string& error_;
  PoprunLine line_;
  std::size_t next_ = 0;
};

std::optional<PoprunLine> PoprunLine::parse(Node options, const std::vector<std::string>& words,
                                            std::string& error) {
  return PoprunParser(options, words, error).run();
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
  return parse_yes_no(text(option)).value_or(false);
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
  std::vector<std::string> words;
  bool inside = false;  // a word has begun, if only with an empty pair of quotes
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == '\0' && (c == ' ' || c == '\t' || c == '\n')) {
      inside = false;
      continue;
    }
    if (!inside) words.emplace_back();
    inside = true;
    if (quote == c) {
      quote = '\0';
    } else if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      words.back() += text[++i];
    } else {
      words.back() += c;
    }
  }
  if (quote != '\0') return std::nullopt;
  return words;
}

}  // namespace ipucnn::rehearsing
