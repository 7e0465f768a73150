// What further starts of a case have of their own.
#include <fmt/format.h>

#include "ipucnn/campaign.h"

namespace ipucnn {
namespace {

/// Another folder in a path, or behind the option that it is the value of.
bool move_folder(std::string& text, const std::string& from, const std::string& to) {
  const std::size_t equals = text.find('=');
  const std::size_t at = text.starts_with('-') && equals != text.npos ? equals + 1 : 0;
  const std::string_view path = std::string_view(text).substr(at);
  if (!path.starts_with(from) || (path.size() > from.size() && path[from.size()] != '/'))
    return false;
  text.replace(at, from.size(), to);
  return true;
}

void move_folder(Arg& word, const std::string& from, const std::string& to) {
  if (word.pieces.size() == 1 && word.is_literal()) move_folder(word.pieces.front().text, from, to);
}

void move_folder(Step& step, const std::string& from, const std::string& to) {
  for (Arg& word : step.command.argv) move_folder(word, from, to);
  move_folder(step.output, from, to);
  move_folder(step.restore, from, to);
  for (PlanSetting& setting : step.settings)
    for (PlanScalar& value : setting.items) move_folder(value.text, from, to);
}

/// The folder by which steps hand on what they leave, where nobody chose it; empty: there is none.
std::string folder_between(const JobPlan& plan) {
  for (std::size_t i = 1; i < plan.steps.size(); ++i) {
    const Arg& restored = plan.steps[i].restore;
    std::string folder = restored.is_literal() ? literal_text(restored) : "";
    if (folder.starts_with("logs/") && plan.steps[i - 1].output == restored) return folder;
  }
  return {};
}

}  // namespace

std::shared_ptr<const CaseWork> work_of(const CampaignCase& one, int number) {
  auto work = one.work();
  const std::string folder = number > 1 ? folder_between(work->plan) : "";
  if (folder.empty()) return work;
  const auto own = std::make_shared<CaseWork>(*work);
  for (Step& step : own->plan.steps)
    move_folder(step, folder, fmt::format("{}/start-{}", folder, number));
  return own;
}

}  // namespace ipucnn
