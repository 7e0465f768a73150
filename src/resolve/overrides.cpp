#include "ipucnn/overrides.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/suggest.h"
#include "base/text.h"
#include "resolve/older_names.h"

namespace ipucnn::resolving {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// How argparse reads one word, before it knows what stands around it.
/// Length of a dash that a text processor made of hyphens, at the start of a word; else 0.
std::size_t printed_dash(std::string_view word) {
  for (const std::string_view dash : {"\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212"})
    if (word.starts_with(dash)) return dash.size();
  return 0;
}

struct Reading {
  bool is_option = false;
  const OptionSpec* option = nullptr;  ///< absent for an unknown or ambiguous option
  bool abbreviated = false;
  std::vector<std::string_view> candidates;  ///< flags that an ambiguous prefix fits
  std::string_view typed;                    ///< the option as it was written
  std::optional<std::size_t> value_at;       ///< offset of a value in the same word (`=`, -N5)
};

/// `--batch-s`; for a single dash also -N5, which is -N with the value 5.
void read_abbreviation(Reading& reading, const Spellings& options) {
  const std::string name = replace_char(reading.typed, '_', '-');
  const bool is_short = name.size() > 1 && name[1] != '-';
  for (const OptionSpec& option : options.all()) {
    const std::string flag = replace_char(option.flag, '_', '-');
    const bool attached = is_short && flag == name.substr(0, 2);
    if (!attached && flag.compare(0, name.size(), name) != 0) continue;
    reading.option = &option;
    reading.candidates.push_back(option.flag);
    if (attached) {
      reading.typed = reading.typed.substr(0, 2);
      reading.value_at = 2;
    }
  }
  if (reading.candidates.size() > 1) reading.option = nullptr;
  reading.abbreviated = reading.option != nullptr && reading.option->flag != reading.typed;
}

Reading read_word(std::string_view word, const Spellings& options) {
  Reading reading;
  if (word.size() < 2 || word.front() != '-') return reading;
  reading.is_option = true;
  reading.typed = word;
  reading.option = options.exact(word);
  if (reading.option != nullptr) return reading;
  if (const std::size_t equals = word.find('='); equals != std::string_view::npos) {
    reading.typed = word.substr(0, equals);
    reading.value_at = equals + 1;
    reading.option = options.exact(reading.typed);
    if (reading.option != nullptr) return reading;
  }
  read_abbreviation(reading, options);
  if (reading.candidates.empty())
    reading.is_option = !is_negative_number(word) && word.find(' ') == std::string_view::npos;
  return reading;
}

/// All words as argparse reads them: behind `--` nothing is an option.
std::vector<Reading> read_words(const std::vector<Word>& words, const Spellings& options) {
  std::vector<Reading> readings;
  bool options_end = false;
  for (const Word& word : words) {
    options_end = options_end || word.text == "--";
    readings.push_back(options_end ? Reading{} : read_word(word.text, options));
  }
  return readings;
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
        options_(schema, script, facts),
        older_names_(schema, script, facts),
        readings_(read_words(words, options_)) {}

  std::vector<Override> run() {
    while (next_ < words_.size()) {
      const std::size_t index = next_++;
      if (readings_[index].is_option)
        take_option(words_[index], readings_[index]);
      else
        surplus(words_[index]);
    }
    return std::move(found_);
  }

 private:
  bool value_follows() const {
    return next_ < words_.size() && !readings_[next_].is_option && words_[next_].text != "--";
  }

  void take_option(const Word& word, const Reading& reading) {
    if (reading.option == nullptr) {
      refuse(word, reading);
      while (value_follows()) ++next_;
      return;
    }
    if (reading.abbreviated) {
      Diagnostic& d =
          out_.add(FindingId::K018, part_of(word, 0, reading.typed.size()),
                   fmt::format("'{}' stands for {}", reading.typed, reading.option->flag));
      mend(word, reading, reading.option->flag, d);
    } else {
      tell_older_name(word, reading);
    }
    Override given{*reading.option, {}, word.at};
    given.value.at = word.at;
    given.value.is_list = given.option.is_list;
    if (given.option.type == OptionType::Switch) {
      take_switch(word, reading.value_at, given);
    } else if (take_values(word, reading.value_at, given)) {
      // Whoever allows a value that is wrong has it passed on.
      check_words(given.option, given.value, given.option.flag, out_);
      found_.push_back(std::move(given));
    }
  }

  void take_switch(const Word& word, std::optional<std::size_t> value_at, Override& given) {
    if (value_at) {
      out_.add(FindingId::K011, part_of(word, *value_at, word.text.size() - *value_at),
               fmt::format("{} is a switch and takes no value", given.option.flag))
          .help = fmt::format("write {} alone", given.option.flag);
      return;
    }
    given.value.items.push_back(
        {given.option.stores ? "true" : "false", ScalarType::Bool, word.at});
    found_.push_back(std::move(given));
  }

  bool take_values(const Word& word, std::optional<std::size_t> value_at, Override& given) {
    if (value_at) {
      const std::string text = word.text.substr(*value_at);
      given.value.items.push_back(
          {text, ScalarType::String, part_of(word, *value_at, text.size())});
      return true;
    }
    // A boolean's word may be left out, and what is none belongs to somebody else.
    if (given.option.type == OptionType::BoolWord &&
        !(value_follows() && convert_word(words_[next_].text, OptionType::BoolWord))) {
      given.value.items.push_back({"true", ScalarType::Bool, given.at});
      return true;
    }
    if (!given.option.alone.empty() && !value_follows()) {
      given.value.items.push_back({std::string(given.option.alone), ScalarType::String, given.at});
      return true;
    }
    while (value_follows() && (given.option.is_list || given.value.items.empty())) {
      given.value.items.push_back({words_[next_].text, ScalarType::String, words_[next_].at});
      ++next_;
    }
    if (!given.value.items.empty() || given.option.may_be_empty) return true;
    Diagnostic& d = out_.add(FindingId::K010, word.at,
                             fmt::format("{} needs {}", given.option.flag,
                                         given.option.is_list ? "one value or more" : "a value"));
    // A word that names an option was hardly meant as a value.
    if (next_ < words_.size() && readings_[next_].is_option &&
        readings_[next_].candidates.empty() && readings_[next_].option == nullptr)
      d.help = fmt::format("a value that begins with a dash is written {}={}", given.option.flag,
                           words_[next_].text);
    return false;
  }

  void refuse(const Word& word, const Reading& reading) {
    const Span at = part_of(word, 0, reading.typed.size());
    if (reading.candidates.size() > 1) {
      Diagnostic& d =
          out_.add(FindingId::K008, at,
                   fmt::format("'{}' fits {} options", reading.typed, reading.candidates.size()));
      d.help = "it could be ";
      for (const std::string_view flag : reading.candidates)
        d.help += fmt::format("{}{}",
                              flag == reading.candidates.front()  ? ""
                              : flag == reading.candidates.back() ? " or "
                                                                  : ", ",
                              flag);
      return;
    }
    Diagnostic& d =
        out_.add(FindingId::K007, at, fmt::format("{} has no option {}", program(), reading.typed));
    if (const auto newer = older_names_.newer_of_flag(reading.typed)) {
      d.help = fmt::format("it is called {} here", newer->flag);
      mend(word, reading, newer->flag, d);
      return;
    }
    d.help = help_for_unknown(reading.typed);
    mend(word, reading, certain_name(reading.typed, flags()), d);
  }

  /// Writes the option with another flag, where the word stands in a file as it is here. One that
  /// is given already would be overruled by it, or overrule it.
  void mend(const Word& word, const Reading& reading, std::string_view flag, Diagnostic& d) const {
    if (!word.as_written || word.at.length != word.text.size() || flag.empty() ||
        flag == reading.typed || is_given(flag))
      return;
    d.fix.push_back(
        {part_of(word, 0, reading.typed.size()), std::string(flag), std::string(reading.typed)});
    if (d.help.empty()) d.help = fmt::format("write {}", flag);
  }

  bool is_given(std::string_view flag) const {
    return std::any_of(readings_.begin(), readings_.end(), [&](const Reading& other) {
      return other.option != nullptr && other.option->flag == flag;
    });
  }

  /// An abbreviation is told of already.
  void tell_older_name(const Word& word, const Reading& reading) {
    const auto option = older_names_.newer_of_key(reading.option->key);
    if (!option) return;
    Diagnostic& d =
        out_.add(FindingId::K022, part_of(word, 0, reading.typed.size()),
                 fmt::format("{} is the older name of {}", reading.option->flag, option->flag));
    mend(word, reading, option->flag, d);
  }

  /// The file that the script is, which a fork may call otherwise.
  std::string_view program() const {
    for (const std::string_view purpose : schema_.purposes())
      if (const auto spec = schema_.purpose(purpose); spec && spec->script == script_)
        return spec->program;
    return script_;
  }

  /// Says under which script, model or schedule the option would exist, else what is near.
  std::string help_for_unknown(std::string_view typed) {
    const auto hold = [](std::string_view) { return std::optional<std::string_view>{}; };
    for (const std::string_view purpose : schema_.purposes()) {
      const auto spec = schema_.purpose(purpose);
      if (!spec || spec->script == script_) continue;
      if (schema_.spelled(typed, spec->script, hold))
        return fmt::format("it is an option of {} (--purpose {})", spec->program, purpose);
    }
    if (std::string condition = missing_condition(schema_, facts_, typed); !condition.empty())
      return condition;
    return suggestion(typed, flags());
  }

  std::vector<std::string_view> flags() const {
    std::vector<std::string_view> flags;
    for (const OptionSpec& option : options_.all()) flags.push_back(option.flag);
    return flags;
  }

  void surplus(const Word& word) {
    Diagnostic& d =
        out_.add(FindingId::K011, word.at, fmt::format("no option takes the word '{}'", word.text));
    if (const std::size_t length = printed_dash(word.text); length > 0) {
      const std::size_t name = word.text.find_first_not_of('-', length);
      d.help = fmt::format("it begins with a dash as print has it: write --{}",
                           name == std::string::npos ? "" : word.text.substr(name));
      while (value_follows() && printed_dash(words_[next_].text) == 0) ++next_;
      return;
    }
    if (!found_.empty() && !found_.back().option.is_list)
      d.help =
          fmt::format("{} takes {}", found_.back().option.flag,
                      found_.back().option.type == OptionType::Switch ? "no value" : "one value");
  }

  const std::vector<Word>& words_;
  const AppSchema& schema_;
  std::string_view script_;
  const Facts& facts_;
  Diagnostics& out_;
  Spellings options_;
  OlderNames older_names_;
  std::vector<Reading> readings_;
  std::vector<Override> found_;
  std::size_t next_ = 0;
};

/// A switch has no word of its own, and a boolean's may be left out.
std::string word_of_boolean(const OptionSpec& option, const std::vector<Word>& words,
                            const std::vector<Reading>& readings, std::size_t at) {
  if (option.type == OptionType::Switch) return option.stores ? "true" : "false";
  const bool follows = at + 1 < words.size() && !readings[at + 1].is_option;
  const auto typed =
      follows ? convert_word(words[at + 1].text, OptionType::BoolWord) : std::nullopt;
  return typed && !typed->boolean ? "false" : "true";
}

}  // namespace

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

Spellings::Spellings(const AppSchema& schema, std::string_view script, Facts facts)
    : schema_(&schema), script_(script), facts_(facts) {}

Spellings::Spellings(std::vector<OptionSpec> all) : all_(std::move(all)) {}

const OptionSpec* Spellings::exact(std::string_view flag) const {
  if (schema_ != nullptr) {
    auto option = schema_->spelled(flag, script_, facts_);
    return option ? &found_.emplace_front(*option) : nullptr;
  }
  const std::string name = replace_char(flag, '_', '-');
  for (const OptionSpec& option : *all_)
    if (option.flag == flag || replace_char(option.flag, '_', '-') == name) return &option;
  return nullptr;
}

const std::vector<OptionSpec>& Spellings::all() const {
  if (!all_) all_ = schema_->spellings(script_, facts_);
  return *all_;
}

std::string missing_condition(const AppSchema& schema, const Facts& facts, std::string_view name) {
  std::string found;
  for (const Entry& option : schema.option_entries()) {
    if (option.body.find_text("flag") != name && option.name.text() != name) continue;
    option.body.find("only_with").each_pair([&](Node key, Node values) {
      const auto fact = facts(key.text());
      if (fact && !values.is_map() && !values.contains(fact->text))
        found = fmt::format("it exists only with {} {}, and here it is {}", key.text(),
                            values.is_scalar() ? std::string(values.text()) : choice_list(values),
                            fact->text);
    });
  }
  return found;
}

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

void report_unused_set(const Setting& typed, Diagnostics& out) {
  if (typed.shadowed.empty()) return;
  const Shadowed& loser = typed.shadowed.back();
  const Span& at = loser.origin.at;
  const bool is_behind = loser.origin.by == "--set" && at.source == typed.origin.at.source &&
                         typed.origin.at < at && !same_value(loser.value, typed.value);
  if (!is_behind) return;
  Diagnostic& d = out.add(
      FindingId::K019, at,
      fmt::format("this value of {} is not used: {} is given as well", typed.key, typed.origin.by));
  d.severity = Severity::Warning;
  d.help = "leave one of the two out";
}

std::optional<std::string> peek_override(const std::vector<Word>& words, const Spellings& options,
                                         std::string_view key) {
  const std::vector<Reading> readings = read_words(words, options);
  std::optional<std::string> found;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (readings[i].option == nullptr || readings[i].option->key != key) continue;
    if (readings[i].value_at)
      found = words[i].text.substr(*readings[i].value_at);
    else if (is_boolean(readings[i].option->type) &&
             readings[i].option->type != OptionType::PythonBool)
      found = word_of_boolean(*readings[i].option, words, readings, i);
    else if (i + 1 < words.size() && !readings[i + 1].is_option && words[i + 1].text != "--")
      found = words[i + 1].text;
  }
  return found;
}

}  // namespace ipucnn::resolving
