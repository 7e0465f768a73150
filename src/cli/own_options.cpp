#include "cli/own_options.h"

#include "cli/help.h"

namespace ipucnn::cli {

OwnOptions::OwnOptions(const CommandRow& command, bool described)
    : command_(command), described_(described) {
  app_.set_help_flag();
}

CLI::Option* OwnOptions::build(const OptionRow& row) {
  CLI::Option*& option = built_.at(static_cast<std::size_t>(row.id));
  if (option != nullptr) return option;
  const std::string help = described_ ? option_help(row, command_) : std::string();
  if (row.is_switch()) return option = app_.add_flag(row.flag(), help)->disable_flag_override();
  option = app_.add_option(row.flag(), help)->type_name(std::string(row.value.placeholder));
  option->expected(1);
  if (takes_several(row, command_))
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
  else if (!row.is(kSubject))
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  if (const WordList& choices = choices_of(row, command_); choices.size > 0)
    // Without its description, which would stand in --help as well.
    option->check(
        CLI::IsMember(std::vector<std::string>(choices.begin(), choices.end())).description(""));
  return option;
}

void OwnOptions::parse(const std::vector<std::string>& words) {
  relate();
  app_.parse(std::vector<std::string>(words.rbegin(), words.rend()));
}

void OwnOptions::relate() {
  for (const OptionRelation& relation : option_relations()) {
    if (relation.command != command_.letter) continue;
    CLI::Option* option = built_.at(static_cast<std::size_t>(relation.option));
    if (option == nullptr) continue;
    if (relation.kind == RelationKind::Needs)
      option->needs(build(option_row(relation.other)));
    else if (CLI::Option* other = built_.at(static_cast<std::size_t>(relation.other)))
      option->excludes(other);
  }
}

}  // namespace ipucnn::cli
