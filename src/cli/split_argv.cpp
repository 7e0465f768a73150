#include "cli/split_argv.h"

#include <algorithm>

#include "base/shell_quote.h"

namespace ipucnn::cli {
namespace {

class Splitter {
 public:
  explicit Splitter(const std::vector<std::string>& args) : args_(args) {}

  SplitArgv run(std::string_view program) {
    add_word(program);
    while (next_ < args_.size()) {
      const Word word = take();
      if (forced_) {
        split_.overrides.push_back(word);
      } else if (word.text == "--") {
        forced_ = true;
      } else if (word.text == "-h" || word.text == "-V") {
        const Option option = word.text == "-h" ? Option::Help : Option::Version;
        split_.given.push_back({&option_row(option), word, std::nullopt});
      } else if (!ours(word)) {
        not_ours(word);
      }
    }
    return std::move(split_);
  }

 private:
  /// The next word, with its place in the text that is shown.
  Word take() { return add_word(args_[next_++]); }

  Word add_word(std::string_view text) {
    const std::string shown = quoted_for_shell(text);
    if (!split_.text.empty()) split_.text += ' ';
    const Span at{kCommandLine, 1, static_cast<std::uint32_t>(split_.text.size()) + 1,
                  static_cast<std::uint32_t>(shown.size())};
    split_.text += shown;
    return {std::string(text), at};
  }

  bool ours(const Word& word) {
    const std::size_t equals = word.text.find('=');
    const CommandRow* command = split_.command ? find_command(split_.command->text) : nullptr;
    const OptionRow* row = find_option(std::string_view(word.text).substr(0, equals), command);
    if (row == nullptr) return false;
    if (row->is_shared() && (command == nullptr || !row->belongs_to(command->letter))) return false;
    Given given{row, word, std::nullopt};
    if (equals != std::string::npos) {
      Word value{word.text.substr(equals + 1), word.at};
      if (word.at.length == word.text.size()) {
        value.at.column += static_cast<std::uint32_t>(equals) + 1;
        value.at.length -= static_cast<std::uint32_t>(equals) + 1;
      }
      given.value = std::move(value);
    } else if (!row->is_switch() && next_ < args_.size()) {
      given.value = take();
    }
    split_.given.push_back(std::move(given));
    return true;
  }

  void not_ours(const Word& word) {
    const bool option = word.text.size() > 1 && word.text.front() == '-';
    const CommandRow* command = split_.command ? find_command(split_.command->text) : nullptr;
    const bool first = split_.positionals.empty() && split_.overrides.empty();
    const bool is_flag = option && first && command != nullptr && command->is(kTakesFlag);
    if (!split_.command)
      option ? split_.before_command.push_back(word) : void(split_.command = word);
    else if (!is_flag && (option || !split_.overrides.empty()))
      split_.overrides.push_back(word);
    else
      split_.positionals.push_back(word);
  }

  const std::vector<std::string>& args_;
  std::size_t next_ = 0;
  bool forced_ = false;
  SplitArgv split_;
};

}  // namespace

bool SplitArgv::has(Option option) const {
  return std::any_of(given.begin(), given.end(),
                     [&](const Given& one) { return one.row->id == option; });
}

std::optional<Word> SplitArgv::value(Option option) const {
  std::optional<Word> found;
  for (const Given& one : given)
    if (one.row->id == option && one.value) found = one.value;
  return found;
}

std::vector<Word> SplitArgv::values(Option option) const {
  std::vector<Word> found;
  for (const Given& one : given)
    if (one.row->id == option && one.value) found.push_back(*one.value);
  return found;
}

std::optional<std::int64_t> SplitArgv::number(Option option) const {
  std::optional<std::int64_t> found;
  for (const Given& one : given)
    if (one.row->id == option && one.number) found = one.number;
  return found;
}

std::optional<double> SplitArgv::part(Option option) const {
  std::optional<double> found;
  for (const Given& one : given)
    if (one.row->id == option && one.part) found = one.part;
  return found;
}

SplitArgv split_argv(std::string_view program, const std::vector<std::string>& args) {
  return Splitter(args).run(program);
}

}  // namespace ipucnn::cli
