#include "resolve/overrides.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/suggest.h"
#include "base/text.h"

namespace ipucnn::resolving {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// argparse's own test: -13, -9.5 and -.5 are values, -1e-5 is not.
bool is_negative_number(std::string_view word) {
  if (word.size() < 2 || word.front() != '-') return false;
  const std::string_view digits = word.substr(1);
  const std::size_t dot = digits.find('.');
  const auto all_digits = [](std::string_view s) {
    return std::all_of(s.begin(), s.end(), is_digit);
  };
  if (dot == std::string_view::npos) return all_digits(digits);
  const std::string_view fraction = digits.substr(dot + 1);
  return all_digits(digits.substr(0, dot)) && !fraction.empty() && all_digits(fraction);
}

/// argparse takes a word with a blank in it for a value, whatever it begins with; behind `=` the
/// blank belongs to the value of an option.
bool looks_like_option(std::string_view word) {
  return word.size() > 1 && word.front() == '-' && !is_negative_number(word) &&
         word.substr(0, word.find('=')).find(' ') == std::string_view::npos;
}

struct Match {
  const OptionSpec* option = nullptr;
  bool abbreviated = false;
  std::vector<std::string_view> candidates;  ///< flags that an ambiguous prefix fits
};

Match match_flag(std::string_view typed, const std::vector<OptionSpec>& options) {
  const std::string name = replace_char(typed, '_', '-');
  const auto spelled = [&](const OptionSpec& option) {
    return replace_char(option.flag, '_', '-');
  };
  Match match;
  for (const OptionSpec& option : options)
    if (option.flag == typed || spelled(option) == name) return {&option, false, {}};
  if (name.size() < 3 || name.compare(0, 2, "--") != 0) return match;
  for (const OptionSpec& option : options) {
    if (spelled(option).compare(0, name.size(), name) != 0) continue;
    match.option = &option;
    match.candidates.push_back(option.flag);
  }
  match.abbreviated = match.candidates.size() == 1;
  if (match.candidates.size() > 1) match.option = nullptr;
  return match;
}

std::string_view type_words(OptionType type) {
  switch (type) {
    case OptionType::Int:
      return "a whole number";
    case OptionType::Float:
      return "a number";
    default:
      return "a text";
  }
}

std::string choice_list(Node choices) {
  std::string out;
  for (const Node choice : choices) out += (out.empty() ? "" : ", ") + std::string(choice.text());
  return out;
}

/// Reads one command line's worth of words.
class OverrideParser {
 public:
  OverrideParser(const std::vector<Word>& words, const AppSchema& schema, std::string_view script,
                 const Facts& facts, Diagnostics& out)
      : words_(words),
        schema_(schema),
        script_(script),
        facts_(facts),
        out_(out),
        options_(schema.options(script, facts)) {}

  std::vector<Override> run() {
    while (next_ < words_.size()) {
      const Word& word = words_[next_++];
      if (looks_like_option(word.text)) {
        take_option(word);
      } else {
        surplus(word);
      }
    }
    return std::move(found_);
  }

 private:
  void take_option(const Word& word) {
    const std::size_t equals = word.text.find('=');
    const std::string_view typed = std::string_view(word.text).substr(0, equals);
    const Match match = match_flag(typed, options_);
    if (match.option == nullptr) {
      refuse(word, typed, match);
      skip_values();
      return;
    }
    if (match.abbreviated)
      out_.add(FindingId::K018, part_of(word, 0, typed.size()),
               fmt::format("'{}' stands for {}", typed, match.option->flag));
    Override given{*match.option, {}, word.at};
    given.value.at = word.at;
    given.value.is_list = given.option.is_list;
    if (given.option.type == OptionType::Switch) {
      take_switch(word, equals, given);
    } else if (take_values(word, equals, given)) {
      if (check_words(given.option, given.value, given.option.flag, out_))
        found_.push_back(std::move(given));
    }
  }

  void take_switch(const Word& word, std::size_t equals, Override& given) {
    if (equals != std::string::npos) {
      out_.add(FindingId::K011, part_of(word, equals + 1, word.text.size() - equals - 1),
               fmt::format("{} is a switch and takes no value", given.option.flag))
          .help = fmt::format("write {} alone", given.option.flag);
      return;
    }
    given.value.items.push_back(
        {given.option.stores ? "true" : "false", ScalarType::Bool, word.at});
    found_.push_back(std::move(given));
  }

  bool take_values(const Word& word, std::size_t equals, Override& given) {
    if (equals != std::string::npos) {
      const std::string text = word.text.substr(equals + 1);
      given.value.items.push_back(
          {text, ScalarType::String, part_of(word, equals + 1, text.size())});
      return true;
    }
    while (next_ < words_.size() && !looks_like_option(words_[next_].text) &&
           (given.option.is_list || given.value.items.empty())) {
      given.value.items.push_back({words_[next_].text, ScalarType::String, words_[next_].at});
      ++next_;
    }
    if (!given.value.items.empty()) return true;
    Diagnostic& d = out_.add(FindingId::K010, word.at,
                             fmt::format("{} needs {}", given.option.flag,
                                         given.option.is_list ? "one value or more" : "a value"));
    // Another option that follows is no value that was meant.
    if (next_ < words_.size() && match_flag(words_[next_].text, options_).option == nullptr)
      d.help = fmt::format("a value that begins with a dash is written {}={}", given.option.flag,
                           words_[next_].text);
    return false;
  }

  void refuse(const Word& word, std::string_view typed, const Match& match) {
    const Span at = part_of(word, 0, typed.size());
    if (match.candidates.size() > 1) {
      Diagnostic& d = out_.add(FindingId::K008, at,
                               fmt::format("'{}' fits {} options", typed, match.candidates.size()));
      d.help = "it could be";
      for (const std::string_view flag : match.candidates) d.help += fmt::format(" {}", flag);
      return;
    }
    Diagnostic& d =
        out_.add(FindingId::K007, at, fmt::format("{} has no option {}", script_, typed));
    d.help = help_for_unknown(typed);
  }

  /// Says under which script, model or schedule the option would exist, else what is near.
  std::string help_for_unknown(std::string_view typed) {
    const auto hold = [](std::string_view) { return std::optional<std::string_view>{}; };
    for (const std::string_view purpose : schema_.purposes()) {
      const auto spec = schema_.purpose(purpose);
      if (!spec || spec->script == script_) continue;
      if (match_flag(typed, schema_.options(spec->script, hold)).option != nullptr)
        return fmt::format("it is an option of {} (--purpose {})", spec->script, purpose);
    }
    if (std::string condition = missing_condition(typed); !condition.empty()) return condition;
    std::vector<std::string_view> flags;
    for (const OptionSpec& option : options_) flags.push_back(option.flag);
    return suggestion(typed, flags);
  }

  std::string missing_condition(std::string_view typed) {
    std::string found;
    schema_.node().find("options").each_pair([&](Node, Node body) {
      if (body.find_text("flag") != typed) return;
      body.find("only_with").each_pair([&](Node key, Node values) {
        const auto fact = facts_(key.text());
        if (fact && !values.contains(*fact))
          found = fmt::format("it exists only with {} {}, and here it is {}", key.text(),
                              values.is_scalar() ? std::string(values.text()) : choice_list(values),
                              *fact);
      });
    });
    return found;
  }

  void surplus(const Word& word) {
    Diagnostic& d =
        out_.add(FindingId::K011, word.at, fmt::format("no option takes the word '{}'", word.text));
    if (!found_.empty() && !found_.back().option.is_list)
      d.help =
          fmt::format("{} takes {}", found_.back().option.flag,
                      found_.back().option.type == OptionType::Switch ? "no value" : "one value");
  }

  void skip_values() {
    while (next_ < words_.size() && !looks_like_option(words_[next_].text)) ++next_;
  }

  const std::vector<Word>& words_;
  const AppSchema& schema_;
  std::string_view script_;
  const Facts& facts_;
  Diagnostics& out_;
  std::vector<OptionSpec> options_;
  std::vector<Override> found_;
  std::size_t next_ = 0;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

Scalar set_scalar(std::string_view text, Span at) {
  text = trimmed(text);
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
      text.back() == text.front())
    return {std::string(text.substr(1, text.size() - 2)), ScalarType::String, at};
  return {std::string(text), plain_scalar_type(text), at};
}

}  // namespace

Span part_of(const Word& word, std::size_t from, std::size_t length) {
  if (word.at.length != word.text.size()) return word.at;
  Span at = word.at;
  at.column += static_cast<std::uint32_t>(from);
  at.length = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(length));
  return at;
}

std::vector<Override> parse_overrides(const std::vector<Word>& words, const AppSchema& schema,
                                      std::string_view script, const Facts& facts,
                                      Diagnostics& out) {
  if (words.empty()) return {};
  return OverrideParser(words, schema, script, facts, out).run();
}

std::optional<std::string> peek_override(const std::vector<Word>& words,
                                         const std::vector<OptionSpec>& options,
                                         std::string_view key) {
  std::optional<std::string> found;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& text = words[i].text;
    if (!looks_like_option(text)) continue;
    const std::size_t equals = text.find('=');
    const Match match = match_flag(std::string_view(text).substr(0, equals), options);
    if (match.option == nullptr || match.option->key != key) continue;
    if (equals != std::string::npos) {
      found = text.substr(equals + 1);
    } else if (i + 1 < words.size()) {
      found = words[i + 1].text;
    }
  }
  return found;
}

std::optional<SetValue> parse_set(const Word& word, std::string_view option, Diagnostics& out) {
  const std::size_t equals = word.text.find('=');
  if (equals == std::string::npos || equals == 0) {
    out.add(FindingId::K010, word.at, fmt::format("{} needs KEY=VALUE", option));
    return std::nullopt;
  }
  SetValue set;
  set.key = word.text.substr(0, equals);
  std::string_view text = trimmed(std::string_view(word.text).substr(equals + 1));
  const Span at = part_of(word, equals + 1, word.text.size() - equals - 1);
  set.value.at = at;
  set.value.is_list = text.size() >= 2 && text.front() == '[' && text.back() == ']';
  if (!set.value.is_list) {
    set.value.items.push_back(set_scalar(text, at));
    return set;
  }
  text = trimmed(text.substr(1, text.size() - 2));
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    set.value.items.push_back(set_scalar(text.substr(0, comma), at));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return set;
}

bool check_words(const OptionSpec& option, const Value& value, std::string_view shown,
                 Diagnostics& out) {
  bool good = true;
  for (const Scalar& item : value.items) {
    const auto typed = convert_word(item.text, option.type);
    if (!typed) {
      good = false;
      out.add(FindingId::K012, item.at,
              fmt::format("{} needs {}, not '{}'", shown, type_words(option.type), item.text));
      continue;
    }
    if (option.choices.is_list()) {
      const bool chosen =
          std::any_of(option.choices.begin(), option.choices.end(), [&](Node choice) {
            return choice.text() == typed->text ||
                   (typed->type == ScalarType::Int && yaml_int(choice.text()) == typed->integer);
          });
      if (!chosen) {
        good = false;
        std::vector<std::string_view> names;
        for (const Node choice : option.choices) names.push_back(choice.text());
        const auto near = nearest_names(item.text, names, 1);
        Diagnostic& d = out.add(FindingId::K013, item.at,
                                fmt::format("'{}' is no choice of {}", item.text, shown));
        d.help = near.empty() ? "one of " + choice_list(option.choices)
                              : fmt::format("did you mean '{}'? One of {}", near.front(),
                                            choice_list(option.choices));
      }
    }
    if (option.range.is_list() && option.range.size() == 2 && typed->type == ScalarType::Int) {
      const auto low = yaml_int((*option.range.begin()).text());
      const auto high = yaml_int((*++option.range.begin()).text());
      if ((low && typed->integer < *low) || (high && typed->integer > *high)) {
        good = false;
        out.add(FindingId::K013, item.at,
                fmt::format("{} is outside the range of {}", item.text, shown))
            .help = fmt::format("from {} to {}", low.value_or(0), high.value_or(0));
      }
    }
  }
  return good;
}

}  // namespace ipucnn::resolving
