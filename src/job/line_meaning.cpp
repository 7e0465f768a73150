#include "job/line_meaning.h"

#include <algorithm>
#include <string_view>

#include "ipucnn/launcher.h"
#include "ipucnn/launcher_line.h"
#include "ipucnn/resolve.h"

namespace ipucnn::job {
namespace {

class Meaning {
 public:
  Meaning(const Catalog& catalog, const std::vector<std::string>& yes_or_no)
      : catalog_(catalog), yes_or_no_(yes_or_no) {}

  std::vector<std::string> of(const std::vector<std::string>& words) {
    const std::string_view program =
        words.empty() ? std::string_view() : launcher_program(load::base_name(words.front()));
    std::size_t next = 0;
    if (!program.empty()) {
      options_.emplace_back(program);
      next = 1 + take_launcher(program, {words.begin() + 1, words.end()}, {});
    }
    for (; next < words.size(); ++next) take_word(words[next]);
    for (std::string& option : options_) spell_yes_or_no(option);
    std::sort(options_.begin(), options_.end());
    options_.erase(std::unique(options_.begin(), options_.end()), options_.end());
    return std::move(options_);
  }

 private:
  /// Returns how many words the launcher's options are.
  std::size_t take_launcher(std::string_view program, const std::vector<std::string>& words,
                            const std::string& where) {
    const auto read = load::read_launcher_line(load::launcher_options(catalog_, program), words);
    for (const load::LauncherOption& option : read.options) take_option(option, where);
    if (where.empty()) return read.program;
    for (std::size_t i = read.program; i < words.size(); ++i) options_.push_back(where + words[i]);
    return words.size();
  }

  void take_option(const load::LauncherOption& option, const std::string& where) {
    const std::string flag = option.name ? "--" + std::string(option.name.text()) : option.flag;
    if (flag == "--mpi-global-args" || flag == "--mpi-local-args")
      if (const auto inner = load::inner_words(option.values.front().text)) {
        std::vector<std::string> words;
        for (const load::InnerWord& word : *inner) words.push_back(word.text);
        take_launcher("mpirun", words, flag + ": ");
        return;
      }
    const Node entry = option.option;
    const bool yes_no = entry.find_text("takes") == "yes_no";
    std::string text = where + flag;
    for (const load::LauncherValue& value : option.values) {
      const std::string plain = yes_no ? plain_yes_no(value.text) : value.text;
      const auto usual = entry.find_text("default");
      // What holds without it as well.
      if (usual && plain == (yes_no ? plain_yes_no(*usual) : std::string(*usual))) return;
      text += " " + plain;
    }
    options_.push_back(std::move(text));
  }

  static std::string plain_yes_no(std::string_view text) {
    const auto yes = load::parse_yes_no(text);
    return yes ? (*yes ? "1" : "0") : std::string(text);
  }

  /// A word of the program's: an option, or what stands behind one.
  void take_word(const std::string& word) {
    const bool option = word.size() > 1 && word[0] == '-' &&
                        word.find_first_not_of("0123456789.", 1) != std::string::npos;
    if (!option && !options_.empty() && !load::looks_like_program(word)) {
      options_.back() += " " + word;
      return;
    }
    const std::size_t equals = word.starts_with("--") ? word.find('=') : std::string::npos;
    options_.push_back(word.substr(0, equals));
    if (equals != std::string::npos) options_.back() += " " + word.substr(equals + 1);
  }

  /// A bare one says yes; a word that is neither stays as it is.
  void spell_yes_or_no(std::string& option) const {
    const std::size_t blank = std::min(option.find(' '), option.size());
    const std::string flag = option.substr(0, blank);
    if (std::find(yes_or_no_.begin(), yes_or_no_.end(), flag) == yes_or_no_.end()) return;
    if (blank == option.size()) {
      option += " True";
    } else if (const auto word = convert_word(option.substr(blank + 1), OptionType::BoolWord)) {
      option = flag + (word->boolean ? " True" : " False");
    }
  }

  const Catalog& catalog_;
  const std::vector<std::string>& yes_or_no_;
  std::vector<std::string> options_;
};

}  // namespace

std::vector<std::string> line_meaning(const Catalog& catalog, const std::vector<std::string>& words,
                                      const std::vector<std::string>& yes_or_no) {
  return Meaning(catalog, yes_or_no).of(words);
}

}  // namespace ipucnn::job
