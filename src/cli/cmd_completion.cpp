// `completion SHELL` prints a script that asks `completion words -- WORD...` for what could stand
// in the place of the last word.
#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.h"
#include "cli/completion_scripts.h"
#include "cli/input_files.h"
#include "cli/options.h"
#include "cli/request.h"
#include "ipucnn/file_schema.h"

namespace ipucnn::cli {
namespace {

/// Collects what could stand at the end of a command line.
class Candidates {
 public:
  Candidates(const std::vector<Word>& words, const World& world)
      : words_(words), split_(words_before(words)), files_(split_, world) {
    std::string error;
    files_.read({request_of(split_)}, error);  // what cannot be read completes to nothing
  }

  std::string text() {
    collect();
    std::string out;
    const std::string& typed = words_.back().text;
    for (const std::string& candidate : found_)
      if ((prefix_ + candidate).compare(0, typed.size(), typed) == 0)
        out += prefix_ + candidate + "\n";
    if (files_too_) out += std::string(kFilesToo) + "\n";
    return out;
  }

 private:
  static SplitArgv words_before(const std::vector<Word>& words) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) texts.push_back(words[i].text);
    return split_argv("ipucnn", texts);
  }

  const Catalog& catalog() const { return files_.catalog; }

  void collect() {
    const std::string_view typed = words_.back().text;
    std::string_view flag = words_.size() > 1 ? words_[words_.size() - 2].text : std::string_view();
    std::string_view value = typed;
    if (const std::size_t equals = typed.find('=');
        typed.substr(0, 2) == "--" && equals != typed.npos) {
      flag = typed.substr(0, equals);
      value.remove_prefix(equals + 1);
      prefix_ = typed.substr(0, equals + 1);
    }
    const CommandRow* command = split_.command ? find_command(split_.command->text) : nullptr;
    const OptionRow* option = find_option(flag, command);
    if (option != nullptr && !option->is_switch() && is_taken(*option, command))
      values_of(*option, value, command);
    else if (prefix_.empty() && typed.substr(0, 1) == "-")
      options(command);
    else if (!add_choices_of(flag) && prefix_.empty())
      positionals(command);
  }

  static bool is_taken(const OptionRow& option, const CommandRow* command) {
    return option.commands == "*" || (command != nullptr && option.belongs_to(command->letter));
  }

  void add_names(Section section) {
    for (const std::string_view name : catalog().names(section)) found_.emplace_back(name);
  }

  /// Names; behind `APP@RELEASE:` those of that application.
  void add_presets(std::string_view typed) {
    const std::size_t colon = typed.find(':');
    const AppId application = colon == typed.npos ? AppId{} : parse_app_id(typed.substr(0, colon));
    if (colon != typed.npos) prefix_ += typed.substr(0, colon + 1);
    for (const PresetRef& preset : catalog().presets(application))
      found_.emplace_back(preset.name.text());
    if (colon != typed.npos || typed.empty()) return;
    for (const std::string_view name : catalog().names(Section::Applications))
      found_.push_back(std::string(name) + ":");
  }

  /// Keys with what goes behind them; behind `KEY=` the values that are known.
  void add_settings(std::string_view typed, std::string_view separator) {
    const std::size_t equals = typed.find('=');
    if (equals != typed.npos) {
      prefix_ += typed.substr(0, equals + 1);
      each_option([&](const OptionSpec& option) {
        if (option.key == typed.substr(0, equals)) add_choices(option);
      });
      return;
    }
    each_option([&](const OptionSpec& option) {
      found_.push_back(std::string(option.key) + std::string(separator));
    });
  }

  void add_choices(const OptionSpec& option) {
    for (const Node choice : option.choices) found_.emplace_back(choice.text());
  }

  bool add_choices_of(std::string_view flag) {
    if (flag.size() < 2 || flag.front() != '-') return false;
    each_option([&](const OptionSpec& option) {
      if (option.flag == flag || option.short_flag == flag) add_choices(option);
    });
    return !found_.empty();
  }

  void values_of(const OptionRow& option, std::string_view typed, const CommandRow* command) {
    switch (option.value.kind) {
      case ValueKind::Preset:
        return add_presets(typed);
      case ValueKind::Target:
        return add_names(Section::Targets);
      case ValueKind::Site:
        files_too_ = true;
        return add_names(Section::Sites);
      case ValueKind::Job:
        return add_names(Section::Jobs);
      case ValueKind::Profile:
        return add_names(Section::Profiles);
      case ValueKind::Application:
        return add_names(Section::Applications);
      case ValueKind::Format:
        return found_.assign(command->formats.begin(), command->formats.end());
      case ValueKind::Choice:
        return found_.assign(option.value.choices.begin(), option.value.choices.end());
      case ValueKind::Purpose:
        if (const auto schema = application())
          for (const std::string_view name : schema->purposes()) found_.emplace_back(name);
        return;
      case ValueKind::Key:
        return add_settings(typed, "");
      case ValueKind::KeyValue:
        return add_settings(typed, "=");
      case ValueKind::LaunchSetting:
        for (const Field& field : fields_of("profile"))
          found_.push_back(std::string(field.key) + "=");
        return;
      case ValueKind::Finding:
        return add_findings();
      case ValueKind::File:
      case ValueKind::Folder:
        files_too_ = true;
        return;
      default:
        return;
    }
  }

  void add_findings() {
    for (const std::string_view id : finding_ids()) found_.emplace_back(id);
  }

  static Facts no_facts() {
    return [](std::string_view) { return std::optional<std::string_view>{}; };
  }

  /// The application that the words so far speak of.
  std::optional<AppSchema> application() {
    AppId id;
    const auto app = split_.value(Option::App);
    const auto config = split_.value(Option::Config);
    if (app) id = parse_app_id(app->text);
    if (config && id.name.empty()) {
      const auto presets = catalog().find_presets(config->text, {});
      if (!presets.empty()) id = parse_app_id(presets.back().application);
    }
    const Entry entry = catalog().find_application(id);
    Diagnostics ignored;  // nothing is said while somebody types
    return entry ? AppSchema::load(catalog(), entry, ignored) : std::nullopt;
  }

  template <class Take>
  void each_option(const Take& take) {
    if (const auto schema = application())
      for (const OptionSpec& known : schema->options({}, no_facts())) take(known);
  }

  void options(const CommandRow* command) {
    for (const OptionRow& row : option_rows())
      if (is_taken(row, command)) found_.push_back(row.flag());
    if (command != nullptr && command->is(kTakesOverrides))
      each_option([&](const OptionSpec& option) { found_.emplace_back(option.flag); });
  }

  void positionals(const CommandRow* command) {
    const std::string_view word = split_.command ? std::string_view(split_.command->text) : "help";
    if (word == "help")
      for (const CommandRow& row : command_rows()) found_.emplace_back(row.name);
    if (command == nullptr || split_.positionals.size() >= command->most_words) return;
    if (word == "check" || word == "lock" || word == "import") files_too_ = true;
    if (word == "show") {
      found_ = {"presets", "targets", "apps", "sites", "profiles", "jobs", "config"};
      add_presets({});
    }
    if (word == "schema") found_ = {"ipucnn", "app", "configs"};
    if (word == "completion") found_.assign(kShells.begin(), kShells.end());
    if (word == "explain") {
      add_findings();
      each_option([&](const OptionSpec& option) { found_.emplace_back(option.key); });
    }
  }

  const std::vector<Word>& words_;
  SplitArgv split_;
  InputFiles files_;
  std::string prefix_;  ///< what stands before each of them in the word that is typed
  std::vector<std::string> found_;
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
