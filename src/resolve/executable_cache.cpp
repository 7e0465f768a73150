// The folder of compiled executables: asked for once, and given to each application in its own way.
#include <algorithm>
#include <string>

#include "base/hole.h"
#include "ipucnn/launch_words.h"
#include "ipucnn/resolve.h"

namespace ipucnn {
namespace {

constexpr std::string_view kAsked = "executable_cache";
/// The launcher's own option, whatever the application.
constexpr std::string_view kOfLauncher = "executable_cache_path";

bool launcher_has_one(std::string_view launcher) {
  return std::any_of(std::begin(resolving::kLaunchWords), std::end(resolving::kLaunchWords),
                     [&](const resolving::LaunchWord& row) {
                       return row.launcher == launcher && row.source == kOfLauncher;
                     });
}

/// How the descriptor says that an application is told, for one script.
struct Way {
  std::string_view option;    ///< empty: none of this script under this launcher
  std::string_view variable;  ///< empty: none
  std::string_view text;      ///< what the variable holds
  bool of_launcher = false;

  std::string_view mark() const { return text.substr(0, text.find(kHole)); }
};

/// The launcher's own option is for every application, but for one that has its own all the same or
/// that takes no second place.
Way way_of(const Effective& effective, std::string_view launcher, const Settings& settings) {
  const Node node = effective.schema().node().find(kAsked);
  Way way;
  way.of_launcher = launcher_has_one(launcher);
  const auto option = node.find_text("option");
  if (option && effective.option(*option) &&
      (!way.of_launcher || node.find_bool("under_launcher", false) ||
       settings.find(*option) != nullptr)) {
    way.option = *option;
    way.of_launcher = false;
  }
  way.variable = node.find_text("variable").value_or("");
  way.text = node.find_text("text").value_or(kHole);
  return way;
}

/// What stands behind the mark in a variable's text; empty when it is not there.
std::string value_behind(std::string_view mark, std::string_view text) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + mark.size());
  return std::string(mark.empty() ? text : text.substr(0, text.find(' ')));
}

/// The folder in the variable where the launch settings set or forward it; empty: nowhere.
std::string folder_in_variable(const Way& way, const LaunchSettings& launch) {
  if (way.variable.empty()) return {};
  if (const Setting* set = launch.env.find(way.variable);
      set != nullptr && set->value.scalar() != nullptr)
    if (std::string found = value_behind(way.mark(), set->value.scalar()->text); !found.empty())
      return found;
  const std::string begin = std::string(way.variable) + "=";
  for (const auto* list : {&launch.list("forward"), &launch.several_hosts_forward})
    for (const Scalar& item : *list)
      if (item.text.starts_with(begin))
        if (std::string found = value_behind(way.mark(), item.text.substr(begin.size()));
            !found.empty())
          return found;
  return {};
}

bool is_stronger(const Origin& one, const Setting* other) {
  return other == nullptr || other->origin.kind < one.kind;
}

void add_to_variable(const Way& way, const Setting& asked, LaunchSettings& launch) {
  std::string text = with_value(way.text, asked.value.scalar()->text);
  if (const Setting* set = launch.env.find(way.variable);
      set != nullptr && set->value.scalar() != nullptr && !set->value.scalar()->text.empty())
    text = set->value.scalar()->text + " " + text;
  launch.env.assign(way.variable, single(std::move(text), asked.origin.at), asked.origin);
}

}  // namespace

void apply_executable_cache(const Effective& effective, std::string_view launcher,
                            Settings& settings, LaunchSettings& launch) {
  if (launch.text(kAsked).empty()) return;
  const Setting asked = *launch.values.find(kAsked);
  const Way way = way_of(effective, launcher, settings);
  if (!way.option.empty()) {
    if (is_stronger(asked.origin, settings.find(way.option)))
      settings.assign(way.option, asked.value, asked.origin);
    return;
  }
  // One that is set otherwise stays: the application would be told of two.
  if (!folder_in_variable(way, launch).empty()) return;
  if (way.of_launcher) {
    if (is_stronger(asked.origin, launch.values.find(kOfLauncher)))
      launch.values.assign(kOfLauncher, asked.value, asked.origin);
  } else if (!way.variable.empty()) {
    add_to_variable(way, asked, launch);
  }
}

std::string executable_cache(
    const Effective& effective, std::string_view launcher, const Settings& settings,
    const LaunchSettings& launch,
    const std::function<std::optional<std::string>(std::string_view)>& variable) {
  const Way way = way_of(effective, launcher, settings);
  const Node node = effective.schema().node().find(kAsked);
  if (const auto option = node.find_text("option"))
    if (const auto set = effective.setting(*option))
      if (std::string folder = value_text(set->value); !folder.empty()) return folder;
  if (way.of_launcher && !launch.text(kOfLauncher).empty())
    return std::string(launch.text(kOfLauncher));
  if (std::string folder = folder_in_variable(way, launch); !folder.empty()) return folder;
  if (way.variable.empty() || !variable) return {};
  return value_behind(way.mark(), variable(way.variable).value_or(""));
}

}  // namespace ipucnn
