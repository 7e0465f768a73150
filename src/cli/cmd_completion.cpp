// `completion SHELL` prints a script that asks `completion words -- WORD...` for what could stand
// in the place of the last word.
#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.h"
#include "cli/input_files.h"
#include "cli/options.h"
#include "cli/request.h"

namespace ipucnn::cli {
namespace {

struct ShellRow {
  std::string_view name;
  std::string_view script;
};
// The formatter takes what stands inside for C++.
// clang-format off
constexpr ShellRow kShells[] = {
    {"bash", R"sh(_ipucnn() {
  mapfile -t COMPREPLY < <(ipucnn completion words -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _ipucnn ipucnn
)sh"},
    {"zsh", R"sh(#compdef ipucnn
_ipucnn() {
  local -a found
  found=(${(f)"$(ipucnn completion words -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( $#found )); then compadd -- $found; else _files; fi
}
compdef _ipucnn ipucnn
)sh"},
    {"fish", R"sh(complete -c ipucnn -a '(ipucnn completion words -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
)sh"},
};
// clang-format on

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
      if (candidate.compare(0, typed.size(), typed) == 0) out += candidate + "\n";
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
    if (words_.size() == 1) {
      for (const CommandRow& row : command_rows()) found_.emplace_back(row.name);
      return;
    }
    const CommandRow* command = find_command(words_.front().text);
    if (command == nullptr) return;
    const OptionRow* before = find_option(words_[words_.size() - 2].text);
    if (before != nullptr && !before->is_switch())
      values_of(*before, *command);
    else if (words_.back().text.substr(0, 1) == "-")
      options(*command);
    else
      positionals(*command);
  }

  void add_names(Section section) {
    for (const std::string_view name : catalog().names(section)) found_.emplace_back(name);
  }

  void add_presets() {
    for (const PresetRef& preset : catalog().presets({})) found_.emplace_back(preset.name.text());
  }

  void values_of(const OptionRow& option, const CommandRow& command) {
    switch (option.value.kind) {
      case ValueKind::Preset:
        return add_presets();
      case ValueKind::Target:
        return add_names(Section::Targets);
      case ValueKind::Site:
        return add_names(Section::Sites);
      case ValueKind::Job:
        return add_names(Section::Jobs);
      case ValueKind::Profile:
        return add_names(Section::Profiles);
      case ValueKind::Application:
        return add_names(Section::Applications);
      case ValueKind::Format:
        return found_.assign(command.formats.begin(), command.formats.end());
      case ValueKind::Choice:
        return found_.assign(option.value.choices.begin(), option.value.choices.end());
      case ValueKind::Purpose:
        if (const auto schema = application())
          for (const std::string_view name : schema->purposes()) found_.emplace_back(name);
        return;
      case ValueKind::Key:
      case ValueKind::KeyValue:
        if (const auto schema = application())
          for (const OptionSpec& known : schema->options({}, no_facts()))
            found_.push_back(std::string(known.key) +
                             (option.value.kind == ValueKind::KeyValue ? "=" : ""));
        return;
      default:
        return;
    }
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

  void options(const CommandRow& command) {
    for (const OptionRow& row : option_rows())
      if (row.belongs_to(command.letter)) found_.push_back(row.flag());
    if (!command.is(kTakesOverrides)) return;
    if (const auto schema = application())
      for (const OptionSpec& known : schema->options({}, no_facts()))
        found_.emplace_back(known.flag);
  }

  void positionals(const CommandRow& command) {
    if (command.name == "show") {
      found_ = {"presets", "targets", "apps", "sites", "profiles", "jobs", "config"};
      add_presets();
    }
    if (command.name == "schema") found_ = {"ipucnn", "app", "configs"};
    if (command.name == "completion")
      for (const ShellRow& row : kShells) found_.emplace_back(row.name);
    if (command.name == "explain")
      if (const auto schema = application())
        for (const OptionSpec& known : schema->options({}, no_facts()))
          found_.emplace_back(known.key);
  }

  const std::vector<Word>& words_;
  SplitArgv split_;
  InputFiles files_;
  std::vector<std::string> found_;
};

}  // namespace

int cmd_completion(const SplitArgv& split, const Streams& streams, const World& world) {
  const std::string what = split.positionals.size() == 1 ? split.positionals.front().text : "";
  if (what == "words") {
    if (!split.overrides.empty()) streams.out(Candidates(split.overrides, world).text());
    return kDone;
  }
  for (const ShellRow& row : kShells) {
    if (row.name != what) continue;
    streams.out(row.script);
    return kDone;
  }
  return usage(streams, "completion takes a shell: bash, zsh or fish", split);
}

}  // namespace ipucnn::cli
