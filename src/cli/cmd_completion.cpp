// `completion SHELL` prints a script that asks `completion words -- WORD...` for what could stand
// in the place of the last word.
#include <filesystem>

#include "cli/commands.h"
#include "cli/input_files.h"
#include "cli/request.h"
#include "ipucnn/completion.h"
#include "ipucnn/view.h"

namespace ipucnn::cli {
namespace {

SplitArgv words_before(const std::vector<Word>& words) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) texts.push_back(words[i].text);
  return split_argv("ipucnn", texts);
}

/// What could stand at the end of a command line.
class Candidates {
 public:
  Candidates(const std::vector<Word>& words, const World& world)
      : words_(words),
        split_(words_before(words)),
        command_(split_.command ? find_command(split_.command->text) : nullptr),
        files_(split_, world) {
    std::string error;
    files_.read({request_of(split_)}, error);  // what cannot be read completes to nothing
    application_ = find_application();
  }

  std::string text() {
    collect();
    std::string out;
    const std::string& typed = words_.back().text;
    for (const std::string& candidate : found_.words)
      if ((found_.before + candidate).compare(0, typed.size(), typed) == 0)
        out += found_.before + candidate + "\n";
    if (files_too_) out += std::string(kFilesToo) + "\n";
    return out;
  }

 private:
  /// The application that the words so far speak of.
  const AppSchema* find_application() {
    AppId id;
    const auto app = split_.value(Option::App);
    const auto config = split_.value(Option::Config);
    if (app) id = parse_app_id(app->text);
    if (config && id.name.empty()) {
      const PresetName preset = parse_preset_name(config->text);
      const auto presets = files_.catalog.find_presets(preset.name, preset.application);
      if (!presets.empty()) id = parse_app_id(presets.back().application);
    }
    const Entry entry = files_.catalog.find_application(id);
    Diagnostics ignored;  // nothing is said while somebody types
    return entry ? files_.descriptors.find(entry, ignored) : nullptr;
  }

  void collect() {
    const std::string_view typed = words_.back().text;
    std::string_view flag = words_.size() > 1 ? words_[words_.size() - 2].text : std::string_view();
    std::string_view value = typed;
    if (const std::size_t equals = typed.find('=');
        typed.substr(0, 2) == "--" && equals != typed.npos) {
      flag = typed.substr(0, equals);
      value.remove_prefix(equals + 1);
      found_.before = typed.substr(0, equals + 1);
    }
    const OptionRow* option = find_option(flag, command_);
    if (option != nullptr && !option->is_switch() && is_taken(*option))
      add_values_of(*option, value);
    else if (found_.before.empty() && typed.substr(0, 1) == "-")
      add_options();
    else if (!add_choices(application_, flag, found_) && found_.before.empty())
      add_positionals();
  }

  void add_values_of(const OptionRow& option, std::string_view typed) {
    const WordList& fixed = command_ ? choices_of(option, *command_) : option.value.choices;
    files_too_ =
        add_values(option.value.kind, fixed.all(), files_.catalog, application_, typed, found_);
  }

  bool is_taken(const OptionRow& option) const {
    return option.commands == "*" || (command_ != nullptr && option.belongs_to(command_->letter));
  }

  void add_runs() {
    found_.add({"last"});
    std::error_code unread;
    for (const auto& entry :
         std::filesystem::directory_iterator(files_.world.below("runs"), unread))
      if (entry.is_directory(unread)) found_.words.push_back(entry.path().filename().string());
  }

  void add_options() {
    for (const OptionRow& row : option_rows())
      if (is_taken(row)) found_.words.push_back(row.flag());
    if (command_ != nullptr && command_->is(kTakesOverrides)) add_flags(application_, found_);
  }

  void add_positionals() {
    const std::string_view word = split_.command ? std::string_view(split_.command->text) : "help";
    if (word == "help")
      for (const CommandRow& row : command_rows()) found_.words.emplace_back(row.name);
    if (command_ == nullptr || split_.positionals.size() >= command_->most_words) return;
    if (word == "check" || word == "lock" || word == "import") files_too_ = true;
    if (word == "show") {
      for (const std::string_view list : lists_to_show()) found_.words.emplace_back(list);
      add_presets(files_.catalog, {}, found_);
    }
    if (word == "report") add_runs();
    if (word == "schema") found_.add({"ipucnn", "app", "configs"});
    if (word == "completion") found_.add({kShells.begin(), kShells.end()});
    if (word == "explain") {
      found_.add(finding_ids());
      add_keys(application_, {}, {}, found_);
    }
  }

  const std::vector<Word>& words_;
  SplitArgv split_;
  const CommandRow* command_;
  InputFiles files_;
  const AppSchema* application_ = nullptr;
  Completions found_;
  bool files_too_ = false;
};

}  // namespace

int cmd_completion(const SplitArgv& split, const Streams& streams, const World& world) {
  const std::string what = split.positionals.size() == 1 ? split.positionals.front().text : "";
  if (what == "words") {
    if (!split.overrides.empty()) streams.out(Candidates(split.overrides, world).text());
    return kDone;
  }
  if (const std::string_view script = completion_script(what); !script.empty()) {
    streams.out(script);
    return kDone;
  }
  return usage(streams, "completion takes a shell: bash, zsh or fish", split);
}

}  // namespace ipucnn::cli
