// What an option of a launcher's line says about itself.
#include "import/launcher_faults.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.h"
#include "base/text.h"

namespace ipucnn::importing {

using load::LauncherFault;
using load::LauncherOption;

void report_unknown_option(const LauncherOption& option, std::string_view launcher, Node table,
                           Span at, Diagnostics& out) {
  std::vector<std::string> names;
  table.each_pair([&](Node name, Node) { names.push_back("--" + std::string(name.text())); });
  const std::vector<std::string_view> views(names.begin(), names.end());
  Diagnostic& d = out.add(FindingId::L052, at,
                          fmt::format("no option {} of {} is known", option.flag, launcher));
  const auto near = nearest_names(option.flag, views, 1);
  if (option.name)
    d.help = fmt::format("write it out: --{}", option.name.text());
  else if (!near.empty())
    d.help = fmt::format("did you mean '{}'?", near.front());
  if (launcher == "poprun")
    d.notes.push_back({option.name ? "whether poprun takes abbreviations is not known"
                                   : "the list is what public documents and command lines show",
                       {}});
}

void report_refused_option(const LauncherOption& option, std::string_view program, Span at,
                           Diagnostics& out) {
  if (option.fault == LauncherFault::Missing) {
    out.add(FindingId::L053, at, fmt::format("{} needs a value", option.flag));
    return;
  }
  if (option.fault == LauncherFault::Surplus) {
    out.add(FindingId::L053, at, fmt::format("{} takes no value", option.flag)).help =
        fmt::format("write {} alone", option.flag);
    return;
  }
  const std::string& value = option.values.front().text;
  const auto takes = option.option.find_text("takes").value_or("text");
  Diagnostic& d = out.add(
      FindingId::L053, at,
      takes == "yes_no"   ? fmt::format("{} is yes or no, not '{}'", option.flag, value)
      : takes == "number" ? fmt::format("{} needs a whole number, not '{}'", option.flag, value)
                          : fmt::format("'{}' is no choice of {}", value, option.flag));
  if (takes == "yes_no")
    d.help = fmt::format("{} takes yes, 1, on, true, no, 0, off or false", program);
  if (const Node choices = option.option.find("choices"); choices && takes == "text")
    for (const Node choice : choices)
      d.help += fmt::format("{}{}", d.help.empty() ? "one of " : ", ", choice.text());
}

bool gives_figures(const LauncherOption& option) {
  constexpr std::string_view kNames[] = {"import-config", "npernode", "npersocket", "app"};
  const std::string_view name = option.name.text();
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames) ||
         (name == "map-by" && option.values.front().text.starts_with("ppr:"));
}

std::optional<std::int64_t> processes_of_a_host(const LauncherOption& option) {
  if (option.values.empty()) return std::nullopt;
  std::string_view value = option.values.front().text;
  const std::string_view name = option.name.text();
  if (name == "map-by" && value.starts_with("ppr:") && value.ends_with(":node"))
    value = value.substr(4, value.size() - 9);
  else if (name != "npernode")
    return std::nullopt;
  const auto count = parse_int64(value);
  return count && *count > 0 ? count : std::nullopt;
}

}  // namespace ipucnn::importing
