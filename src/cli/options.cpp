#include "cli/options.h"

#include <algorithm>

namespace ipucnn::cli {
namespace {

using enum HelpGroup;

template <class... Words>
constexpr ValueSpec count_or(std::string_view placeholder, Words... of) {
  return {ValueKind::Count, placeholder, word_list(of...)};
}

constexpr OptionRow kOptions[] = {
#define OPTION(id, name, value, commands, group, marks, help) \
  {Option::id, name, value, commands, group, marks, help},
#include "cli/options.def"
};

constexpr OptionRelation kRelations[] = {
#define RELATION(command, option, kind, other) \
  {command, Option::option, RelationKind::kind, Option::other},
#include "cli/options.def"
};

constexpr CommandRow kCommands[] = {
#define COMMAND(name, letter, positionals, most_words, formats, marks, help) \
  {#name, letter, positionals, most_words, formats, marks, help},
#include "cli/commands.def"
#undef COMMAND
};

/// Whether "AppDir" is the id of "app-dir". --plan is another option of run than of import, and the
/// only one that two rows have.
constexpr bool is_id_of(std::string_view id, std::string_view name) {
  std::size_t at = 0;
  bool first = true;
  for (const char c : name) {
    if (c != '-') {
      const char wanted = first && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      if (at == id.size() || id[at++] != wanted) return false;
    }
    first = c == '-';
  }
  return at == id.size();
}
#define OPTION(id, name, value, commands, group, marks, help)            \
  static_assert(is_id_of(#id, name) || Option::id == Option::PlanFile || \
                Option::id == Option::FixDiff);
#include "cli/options.def"

}  // namespace

bool WordList::contains(std::string_view word) const {
  return std::find(begin(), end(), word) != end();
}

std::string WordList::joined(std::string_view last) const {
  std::string text;
  for (const std::string_view& word : all()) {
    if (!text.empty()) text += word == list.at(size - 1) ? last : ", ";
    text += word;
  }
  return text;
}

std::span<const OptionRow> option_rows() { return kOptions; }

std::string_view group_title(HelpGroup group) {
  switch (group) {
    case HelpGroup::What:
      return "What to run";
    case HelpGroup::Machine:
      return "On which machine";
    case HelpGroup::Written:
      return "How it is written";
    case HelpGroup::Running:
      return "While it runs";
    case HelpGroup::Program:
      break;
  }
  return "About this program";
}

const OptionRow& option_row(Option option) { return kOptions[static_cast<std::size_t>(option)]; }

const OptionRow* find_option(std::string_view flag, const CommandRow* command) {
  if (flag.substr(0, 2) != "--") return nullptr;
  flag.remove_prefix(2);
  const auto same = [&](std::string_view name) {
    return std::equal(name.begin(), name.end(), flag.begin(), flag.end(),
                      [](char a, char b) { return a == b || (a == '-' && b == '_'); });
  };
  const OptionRow* found = nullptr;
  for (const OptionRow& row : kOptions) {
    if (!same(row.name)) continue;
    if (command == nullptr || row.belongs_to(command->letter)) return &row;
    if (found == nullptr) found = &row;
  }
  return found;
}

std::span<const OptionRelation> option_relations() { return kRelations; }

std::span<const CommandRow> command_rows() { return kCommands; }

const CommandRow* find_command(std::string_view name) {
  for (const CommandRow& row : kCommands)
    if (row.name == name) return &row;
  return nullptr;
}

bool takes_several(const OptionRow& option, const CommandRow& command) {
  return option.is(kRepeatable) || (option.is(kSubject) && !command.is(kTakesOne));
}

const WordList& choices_of(const OptionRow& option, const CommandRow& command) {
  return option.value.kind == ValueKind::Format ? command.formats : option.value.choices;
}

}  // namespace ipucnn::cli
