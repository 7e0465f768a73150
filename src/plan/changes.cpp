// What is changed in a plan that was made: where a step goes on, and which variables it sets.
#include <algorithm>

#include "ipucnn/plan.h"
#include "plan/words.h"

namespace ipucnn {
namespace {

/// The key that an option's words name for their cause; made of the flag where there are none.
std::string key_of(const Command& command, std::string_view flag) {
  for (const Arg& word : command.argv)
    if (word.begins && literal_text(word) == flag && !word.cause.empty()) return word.cause;
  std::string key(flag.substr(std::min(flag.find_first_not_of('-'), flag.size())));
  std::replace(key.begin(), key.end(), '-', '_');
  return key;
}

/// Takes `--option VALUE` and `--option=VALUE` away, as far as they are the program's own.
void remove_option(Command& command, std::string_view flag) {
  std::vector<Arg>& words = command.argv;
  for (std::size_t i = command.program_at + 1; i < words.size();) {
    const std::string word = literal_text(words[i]);
    const auto at = words.begin() + static_cast<std::ptrdiff_t>(i);
    if (word == flag)
      words.erase(at, at + (i + 1 < words.size() ? 2 : 1));
    else if (word.starts_with(std::string(flag) + "="))
      words.erase(at);
    else
      ++i;
  }
}

std::string shown(const Step& step, std::string_view key) {
  for (const PlanSetting& set : step.settings) {
    if (set.key != key) continue;
    std::string text;
    for (const PlanScalar& item : set.items)
      text += (text.empty() ? "" : " ") + (item.type == ScalarType::Null ? "null" : item.text);
    return text;
  }
  return "not given";
}

void restore_command_from(Command& command, const std::string& flag, const std::string& value) {
  const std::string key = key_of(command, flag);
  remove_option(command, flag);
  Arg word;
  word.pieces = {{Piece::Kind::Text, value, std::nullopt}};
  planning::add_option(command.argv, flag, std::move(word), key);
}

}  // namespace

void restore_from(Step& step, const std::string& value) {
  const std::string& flag = step.checkpoints->restore_option;
  const std::string key = key_of(step.command, flag);
  restore_command_from(step.command, flag, value);
  step.restore = {};
  step.restore.pieces = {{Piece::Kind::Text, value, std::nullopt}};
  std::erase_if(step.settings, [&](const PlanSetting& set) { return set.key == key; });
  step.settings.push_back({key, {{ScalarType::String, value}}, false});
}

ReadyStep ReadyStep::from_checkpoint(const std::string& value) const {
  ReadyStep changed = *this;
  restore_from(changed.made_, value);
  restore_command_from(changed.command_, made_.checkpoints->restore_option, value);
  return changed;
}

void set_variables(JobPlan& plan, const std::vector<std::pair<std::string, std::string>>& variables,
                   std::string_view cause) {
  for (Step& step : plan.steps)
    for (const auto& [name, value] : variables) {
      const auto is_it = [&key = name](const auto& set) { return set.first == key; };
      auto& env = step.command.env;
      if (std::any_of(env.begin(), env.end(), is_it)) continue;
      Arg word;
      word.pieces = {{Piece::Kind::Text, value, std::nullopt}};
      word.cause = cause;
      env.emplace_back(name, std::move(word));
    }
}

std::optional<std::size_t> find_step(const JobPlan& plan, std::string_view name) {
  for (std::size_t i = 0; i < plan.steps.size(); ++i)
    if (plan.steps[i].name == name) return i;
  return std::nullopt;
}

std::vector<std::string> schedule_differences(const Step& was, const Step& now) {
  std::vector<std::string> differences;
  const auto compare = [&](const std::string& what, const std::string& there,
                           const std::string& here) {
    if (there != here)
      differences.push_back(what + " is " + there + " there and " + here + " here");
  };
  const auto batch = [](const Step& step) {
    const auto figure = step.geometry.global_batch;
    return figure ? std::to_string(*figure) : "not known";
  };
  compare("the global batch", batch(was), batch(now));
  if (now.checkpoints)
    for (const std::string& key : now.checkpoints->schedule)
      compare(key, shown(was, key), shown(now, key));
  return differences;
}

}  // namespace ipucnn
